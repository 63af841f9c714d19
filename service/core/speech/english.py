"""English for the command line: a number and what it counts agree."""


def counted(count: int, many: str) -> str:
    """`1 case`, `2 cases`: `many` is the plural, which ends in s."""
    return f"{count} {many.removesuffix('s') if count == 1 else many}"


def verb(count: int, one: str, many: str) -> str:
    """The form of a verb that the number asks for."""
    return one if count == 1 else many
