"""An answer that somebody else was given, as a proposal: without names, numbers and addresses of that person.

It is shown to an officer and never sent by itself. Sent back with its gaps left it is asked about.
"""

from __future__ import annotations

import re
from typing import Final

from service.core.disclosure import MAIL, PHONE, is_municipal_mail, is_municipal_phone
from service.core.numbers import find_numbers
from service.core.personal import MASK, mask_personal_numbers
from service.core.rules.rulebook import RuleBook

NAME, ADDRESS, PHONE_NUMBER, NUMBER = "[namn]", "[e-postadress]", "[telefonnummer]", "[ärendenummer]"
GAPS: Final = (NAME, ADDRESS, PHONE_NUMBER, NUMBER, MASK)
_GREETED = re.compile(
    r"(?i)^(\s*(?:hej|hejsan|hallå|god (?:morgon|dag|kväll|middag)|bästa|kära))[ ]+([^\n,.!?]{1,60})(?=[,.!?\n]|$)"
)
_LONGEST = 6_000  # characters; a longer answer is a matter of its own
_SHORTEST_NAME = 2


def as_draft(answer: str, name: str, book: RuleBook) -> str:
    """The answer with gaps for what belongs to whoever got it; empty where it is too long to be one for others.

    name: of whoever got it.
    """
    if len(answer) > _LONGEST:
        return ""
    text = mask_personal_numbers(answer)
    for number in find_numbers(text):
        text = text.replace(number, NUMBER)
    text = MAIL.sub(lambda m: m[0] if is_municipal_mail(m[0], book) else ADDRESS, text)
    text = PHONE.sub(lambda m: m[0] if is_municipal_phone(m[0], book) else PHONE_NUMBER, text)
    for part in (p for p in re.findall(r"[^\W\d_][\w’'-]+", name) if len(p) >= _SHORTEST_NAME):
        text = re.sub(rf"(?i)\b{re.escape(part)}(?:s\b|\b)", NAME, text)
    text = re.sub(rf"{re.escape(NAME)}(?:\s+{re.escape(NAME)})+", NAME, text)
    return _GREETED.sub(lambda m: m[0] if "alla" in m[2].lower() else f"{m[1]} {NAME}", text)


def left_open(text: str) -> str:
    """Why an answer needs a question, in Swedish: it has gaps of a proposal; empty where it has none.

    The same words once more need none: ten people who write about one hole get the same answer.
    """
    gap = next((gap for gap in GAPS if gap in text), "")
    return f"I svaret står {gap}, som vi har satt dit i stället för en annan persons uppgift." if gap else ""
