"""The text part of a letter: what a program shows that shows no HTML, and what lists and old habits are fed with."""

from __future__ import annotations

from service.desk.markup import Block, links_in, with_links

_MOST_LINKS = 8  # that are spelled out: each takes some lines


def as_text(blocks: list[Block]) -> str:
    """The text part: long lines stay long, so that a phone wraps them as it likes and a search finds what they say."""
    shown = [block for block in blocks if block.kind != "glance"]
    text = "".join(_text(block) + ("\n" if block.kind == "heading" else "\n\n") for block in shown).rstrip("\n")
    return "\n\n".join((text, *_spelled_out(shown))) + "\n"


def _spelled_out(blocks: list[Block]) -> list[str]:
    """The links that open a mail, below the letter: whoever reads it as text can open them too."""
    links = [(words, address) for words, address in links_in(blocks) if address.startswith("mailto:")]
    if not links or len(links) > _MOST_LINKS:
        return []
    return ["Länkar till färdiga mejl", *(f"{words}:\n{address}" for words, address in links)]


def _text(block: Block) -> str:
    lines = [_said(line) for line in block.lines]
    match block.kind:
        case "heading":
            return "\n".join(f"{line}\n{'-' * len(line)}" for line in lines)
        case "list":
            return "\n".join(f"- {line}" for line in lines)
        case "numbered":
            return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
        case "facts":
            return "\n".join(f"{label}: {_said(value)}" for label, value in block.facts)
        case "quote":
            return "\n".join(f"> {line}".rstrip() for line in block.lines)
        case "example":
            return "\n".join(f"    {line}" for line in lines)
        case "rule":
            return "--------------------"
        case "literal":
            return "\n".join(block.lines).strip("\n")
        case _:
            return "\n".join(_said(line) for line in block.wrapped)


def _said(line: str) -> str:
    return with_links(line, str, lambda words, to: f"{words}: {to}" if to.startswith("http") else words)
