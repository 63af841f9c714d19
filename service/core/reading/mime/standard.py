"""The tree of parts in the standard library's form, with texts decoded and the bytes of files left out."""

from __future__ import annotations

from email.message import Message as Mail
from email.policy import Compat32
from typing import TYPE_CHECKING, Any

from service.core.reading.mime import decoding, headers

if TYPE_CHECKING:
    from service.core.reading.mime.parts import Part, Splitter

_MAX_TEXT = 256 * 1024  # reports and the like are short; the mail's own text is handed on besides
_MAX_DEPTH = 3


class _AsItIs(Compat32):
    """Gives header values as they were set: they are clean text, which the library would check at each reading."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the library's signature
        return value


_POLICY = _AsItIs()


class _Indexed(Mail):
    """Finds a field by its name at once: the library goes through all of them, and sixty are asked for."""

    def __init__(self) -> None:
        super().__init__(policy=_POLICY)
        self._first: dict[str, str] = {}

    def __setitem__(self, name: str, val: str) -> None:
        super().__setitem__(name, val)
        self._first.setdefault(name.lower(), val)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        self._first.pop(name.lower(), None)

    def get(self, name: str, failobj: Any = None) -> Any:
        """The first value of the field."""
        return self._first.get(name.lower(), failobj)


def as_mail(part: Part, splitter: Splitter, depth: int = 0) -> Mail:
    """Return the part as a `Mail`: header values unfolded, texts in UTF-8, attached mails as trees."""
    mail = _Indexed()
    for name, value in part.fields:
        mail[name] = value
    if part.children:
        mail.set_payload([as_mail(child, splitter, depth) for child in part.children])
    elif part.content_type in {"message/rfc822", "message/global"} and depth < _MAX_DEPTH:
        inner = splitter.quiet().split(part.content(_MAX_TEXT))
        mail.set_payload([as_mail(inner, splitter, depth + 1)])
    elif part.content_type in {
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
    }:
        mail.set_payload(_status(part))
    elif part.main_type in {"text", "message"} and part.disposition != "attachment":
        _set_text(mail, part)
    else:
        mail.set_payload("")
    return mail


def _status(part: Part) -> list[Mail | str]:
    """Return the blocks of fields of a report (RFC 3464): one for the mail, one for each recipient."""
    data = part.content(_MAX_TEXT)
    blocks: list[Mail | str] = []
    at = 0
    while at < len(data):
        fields, body, _ = headers.cut(data, at, len(data))
        block = _Indexed()
        for name, value in fields:
            block[name] = value
        if fields:
            blocks.append(block)
        at = max(body, at + 1)
    return blocks


def _set_text(mail: Mail, part: Part) -> None:
    text = decoding.clean(decoding.decode(part.content(_MAX_TEXT), part.charset)[0])
    del mail["content-type"], mail["content-transfer-encoding"]
    mail["Content-Type"] = f'{part.content_type}; charset="utf-8"'
    mail["Content-Transfer-Encoding"] = "8bit"
    mail.set_payload(text.encode("utf-8").decode("ascii", "surrogateescape"))
