"""A reply's subject beside that of the letter it answers: a person's program puts "Sv:" before it, others other words.

Mail programs write in a person's name too (read, recalled, accepted), without a machine's mark. They name that before
our subject, with whatever mark or dash, and a person's own program may put an answer's prefix before it again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from service.core.identity.numbers import find_numbers
from service.core.mail import Kind, Message
from service.core.reading.automatic.phrases import AUTO_REPLY_SUBJECTS, MEETING_SUBJECTS, READ_RECEIPT_SUBJECTS

_PREFIX = re.compile(
    r"(?:re|sv|aw|vs|antw|odp|ref|vast|svar|res|r|ynt|bls|atb|回复|回覆|答复)\s*+(?:(?:\[\d+\]|\(\d+\))\s*+)?:\s*+",
    re.IGNORECASE,
)
_TAG = re.compile(r"\[([^\]]{1,150})\]\s*+")
_LAST_TAG = re.compile(r"\[[^\[\]]{1,150}\]\Z")
_WORDS = re.compile(r"[^\W\d_][^\W_]*+(?: [^\W_]++){0,3}\s?:")
_PHRASES = sorted({phrase.rstrip(": ") for phrase in (*READ_RECEIPT_SUBJECTS, *MEETING_SUBJECTS, *AUTO_REPLY_SUBJECTS)})
_MACHINES = re.compile(
    rf"(?:{'|'.join(map(re.escape, _PHRASES))})(?:\s?\([^)]{{1,40}}\))?\s?(?:[:;|!\-–—]|\Z)", re.IGNORECASE
)
_COLONS = str.maketrans({"∶": ":", "꞉": ":", "ː": ":"})
_ENOUGH = 12  # letters of our subject that nobody else's begins with


def names_another(subject: str, ours: Iterable[str] = ()) -> bool:
    """Whether something else than an answer's prefix stands before our subject, or where such a prefix would stand.

    ours: the subjects of the letters that the mail answers. One that is wholly the writer's own is a person's.
    """
    rest, tags = _bare(subject)
    key, known = _key(rest), [k for each in ours if (k := _key(_bare(each)[0]))]
    if any(map(_MACHINES.match, tags)):
        return True
    if not key or _is_one_of(key, known):
        return False
    if any(k in key or key.find(k[:_ENOUGH]) > 0 for k in known):
        return True
    return bool(_WORDS.match(rest) or _MACHINES.match(rest))


def is_ours(subject: str, ours: Iterable[str]) -> bool:
    """Whether the subject, without what programs put before that of an answer, is one of ours."""
    return _is_one_of(_key(_bare(subject)[0]), [_key(_bare(each)[0]) for each in ours])


def as_written(message: Message, ours: Sequence[str], *, asked: bool) -> Message:
    """A colleague's mail in a thread of ours, where its subject alone speaks for a machine: as a person's.

    It is obeyed or asked about then as any other. asked: it answers what we have asked or told its writer; that is
    a person's only under our own subject, or a machine would be asked again and again.
    """
    if not message.by_subject or message.absence or not message.new_text.strip():
        return message
    if asked and not is_ours(message.subject, ours):
        return message
    return replace(message, kind=Kind.REPLY, auto_submitted=False)


def _is_one_of(key: str, known: Iterable[str]) -> bool:
    """Whether it is one of ours, whole or cut by a program that keeps subjects short."""
    return any(key == one or (len(key) >= _ENOUGH and one.startswith(key)) for one in known)


def _bare(subject: str) -> tuple[str, list[str]]:
    """The subject without marks in brackets and prefixes of answers, and what the marks before it say."""
    rest, tags = _seen(subject), []
    while found := _TAG.match(rest) or _PREFIX.match(rest):
        tags += [found[1]] if found.re is _TAG else []
        rest = rest[found.end() :]
    while (last := _LAST_TAG.search(rest)) and not find_numbers(last[0]):
        rest = rest[: last.start()].rstrip()
    return rest, tags


def _seen(subject: str) -> str:
    """The subject as it is seen: nothing invisible in it, each letter and colon in its ordinary width."""
    text = unicodedata.normalize("NFKC", subject.translate(_COLONS))
    kinds = ((c, unicodedata.category(c)) for c in text)
    return " ".join("".join(" " if k == "Cc" else c for c, k in kinds if k not in {"Cf", "Mn"}).split())


def _key(text: str) -> str:
    """What subjects are compared by: programs change blanks, dashes, brackets and the size of letters."""
    return "".join(c for c in text.casefold() if unicodedata.category(c)[0] not in "ZP")
