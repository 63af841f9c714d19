"""The text part of a letter: what a program shows that shows no HTML.

A link that opens a mail is its words alone there. Its address, a line of percent signs, would be wrapped by whoever
answers, and its pieces taken for the answer; the letters say beside each link what to write without it.
"""

from __future__ import annotations

from service.desk.writing.markup import Block, with_links


def as_text(blocks: list[Block]) -> str:
    """The text part: long lines stay long, so that a phone wraps them as it likes and a search finds what they say."""
    shown = (block for block in blocks if block.kind != "glance")
    return "".join(_text(block) + ("\n" if block.kind == "heading" else "\n\n") for block in shown).rstrip("\n") + "\n"


def _text(block: Block) -> str:
    match block.kind:
        case "heading":
            return "\n".join(f"{line}\n{'-' * len(line)}" for line in map(_said, block.lines))
        case "list":
            return "\n".join(f"- {line}" for line in map(_said, block.lines))
        case "numbered":
            return "\n".join(f"{number}. {line}" for number, line in enumerate(map(_said, block.lines), start=1))
        case "facts":
            return "\n".join(f"{label}: {_said(value)}" for label, value in block.facts)
        case "bars":
            return "\n".join(f"{label}: {value}" for label, value, _ in block.bars)
        case "quote":
            return "\n".join(f"> {line}".rstrip() for line in block.lines)
        case "example":
            return "\n".join(f"    {line}" for line in map(_said, block.lines))
        case "rule":
            return "--------------------"
        case "literal":
            return "\n".join(block.lines).strip("\n")
        case _:
            return "\n".join(_said(line) for line in block.wrapped)


def _said(line: str) -> str:
    return with_links(line, str, lambda words, to: f"{words}: {to}" if to.startswith("http") else words)
