import pytest

from service.core.speech.english import counted, verb


@pytest.mark.parametrize(
    ("count", "many", "told"),
    [(0, "mails", "0 mails"), (1, "mails", "1 mail"), (2, "mails", "2 mails"), (1, "open cases", "1 open case")],
)
def test_a_number_and_what_it_counts_agree(count: int, many: str, told: str) -> None:
    assert counted(count, many) == told


def test_a_verb_agrees_with_its_number() -> None:
    assert [verb(count, "is", "are") for count in (0, 1, 2)] == ["are", "is", "are"]
