"""A configuration file without the secrets that somebody has written into it, to be kept with a copy.

Nor with its comments: an old password may stand there, and nothing tells one from other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from service import yamlquick

_SECRETS = ("password", "database_password", "client_secret")
MASK = "VALUE-NOT-IN-THE-BACKUP"


def without_secrets(text: str) -> str | None:
    """The file's text with a mask in place of each secret, without comments; None where that cannot be made sure."""
    bare = _without_comments(text)
    if bare is None:
        return None
    masked = _IN_QUERY.sub(rf"\g<1>{MASK}", _IN_ADDRESS.sub(rf"\g<1>{MASK}@", bare))
    for name, value in _written(_plain(bare)):
        masked = re.sub(rf"({name}[\"']?\s*:\s*)([\"']?){re.escape(value)}\2", rf"\g<1>{MASK}", masked)
    after = _plain(masked)
    return masked if after is not None and all(value == MASK for _, value in _written(after)) else None


_IN_ADDRESS = re.compile(r"(://[^\s:/@\"']+:)[^\s@\"']+@")
_IN_QUERY = re.compile(r"([?&][a-z]*password=)[^\s&#\"']*", re.IGNORECASE)


def _without_comments(text: str) -> str | None:
    """The same values: comments stand between what YAML calls tokens, and in the first line of a block of text."""
    kept, at = [], 0
    try:
        for token in yaml.scan(text, Loader=yaml.CBaseLoader):
            begin, end = token.start_mark.index, token.end_mark.index
            written = text[begin:end]
            if getattr(token, "style", None) in {"|", ">"}:
                written = _COMMENT.sub("", written, count=1) if "#" in written.partition("\n")[0] else written
            kept += [_COMMENT.sub("", _COMMENT_LINE.sub("", text[at:begin])), written]
            at = end
    except yaml.YAMLError:
        return None
    bare = "".join(kept)
    return bare if _plain(bare) == _plain(text) else None


_COMMENT_LINE = re.compile(r"(?<=\n)[ \t]*#[^\n]*\n")
_COMMENT = re.compile(r"[ \t]*#[^\n]*")


def _plain(text: str) -> Any:
    found = yamlquick.read(text)
    return found.plain if found else None


def _written(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every secret that stands in the file itself, by the name of its key."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _written(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _written(inner, key)
    elif key in _SECRETS and value is not None:
        yield key, str(value)
