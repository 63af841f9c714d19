"""What a web form's notification mail says: known by its sender and subject, read by its layout (contract section 6).

The labels are the rules folder's, so an answer ends where the next known label begins, and nowhere else: free text may
have paragraphs and colons (`Obs: ...`). A line with a label is `Label: answer`, the label alone with the answer on the
lines after it, or a row of a table that became text. A form's mail comes from the form's own address, which is never
the submitter's.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from service.core.mail import MAX_LINE
from service.core.message import Message
from service.core.rules.rulebook import Form, Layout, RuleBook

_LINK = re.compile(r"https?://[^\s<>\"]{1,2000}")
# Every count has an end: what stands in a form's mail was written by a stranger.
_NUMBER = re.compile(r"\bärende\w{0,20}[\s.:(#]{0,10}(?:nr|nummer)?[\s.:#]{0,10}(\d{1,40})", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>():;,\"'|@]{1,64}@[^\s<>():;,\"'|@]{1,255}")
_UP_TO_DOMAIN = re.compile(r"[^@]+@.*\.\w+")
_SECTION = "**"
_NOTHING = {"", "-", "–", "—", "ej angivet", "ej ifyllt"}
_LATITUDES, _LONGITUDES, _DIGITS = 90, 180, 40


@dataclass(frozen=True, slots=True)
class Submission:
    """What a form was filled in with. Empty text: not filled in, or not in the mail.

    contact: `email`, `letter`, `phone`, `none`, or empty where the form did not ask.
    answers: every label of the form that the mail has, with its answer; rules may ask them.
    """

    form: str
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    contact: str = ""
    heading: str = ""
    text: str = ""
    channel: str = "webbformulär"
    topic: str = ""
    page: str = ""
    ip: str = ""
    external_ref: str = ""
    link: str = ""
    coordinates: tuple[float, float] | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


def read_form(book: RuleBook, message: Message) -> Submission | None:
    """The submission in the mail, None where the mail is no known form's."""
    form = next((form for form in book.forms if _is_from(form, message)), None)
    if form is None:
        return None
    if form.layout is Layout.LINK:
        return _link_only(form, message)
    return _submission(form, message)


def _is_from(form: Form, message: Message) -> bool:
    sender = message.sender.key if message.sender else ""
    # Patterns are compared without regard to case, which takes the Kelvin sign for a k: no form has such an address.
    return (sender.isascii() and any(pattern.matches(sender) for pattern in form.from_)) and (
        not form.subject or any(pattern.matches(message.subject) for pattern in form.subject)
    )


def _link_only(form: Form, message: Message) -> Submission:
    """The content is elsewhere: the mail has a number of the other system's and a link (domain 10.3, S15)."""
    number = _NUMBER.search(message.subject) or _NUMBER.search(message.text)
    return Submission(form=form.name, external_ref=number[1] if number else "", link=_link(message.text))


def _link(text: str) -> str:
    link = _LINK.search(text)
    return link[0].rstrip(".,)") if link else ""


def _submission(form: Form, message: Message) -> Submission:
    labels = form.fields_.model_dump(exclude_none=True)
    answers = _answers(form, tuple(dict.fromkeys((*labels.values(), *form.others))), message.text)
    given = {field: answers.get(label, "") for field, label in labels.items()}
    if form.layout is Layout.SECTIONS and "text" not in given:
        heading, _, text = given.get("heading", "").partition("\n")
        given |= {"heading": heading, "text": text.strip()}
    # What is no text stands on a line.
    given = {field: answer if field == "text" else answer[:MAX_LINE] for field, answer in given.items()}
    return Submission(
        form=form.name,
        contact=_contact(form, given.pop("contact", "")),
        email=_first_address(given.pop("email", "")),
        external_ref=given.pop("reference", ""),
        coordinates=_coordinates(given.pop("latitude", ""), given.pop("longitude", "")),
        link=_link(message.text) if form.layout is Layout.SECTIONS else "",
        answers=answers,
        **given,
    )


def _answers(form: Form, labels: tuple[str, ...], text: str) -> dict[str, str]:
    """The answers by label. A label counts once: where it comes again it is a part of the answer it stands in."""
    found: dict[str, list[str]] = {}
    asked, answer, is_open = "", [""], False  # lines before the first label belong to nothing
    for line in text.splitlines():
        if form.layout is Layout.SECTIONS and line.lstrip().startswith(_SECTION):
            asked, answer, is_open = "", [""], False
            continue
        label, rest = _label(labels, line)
        # "E-post" below the question how to answer is the answer, though it is a label elsewhere.
        is_choice = is_open and asked == form.fields_.contact and _contact(form, line)
        if label and label not in found and not is_choice:
            asked, answer, is_open = label, [rest], not rest
            found[label] = answer
        else:
            answer.append(line.rstrip())
            is_open = is_open and not answer[-1]
    return {label: _clean(lines) for label, lines in found.items()}


def _label(labels: tuple[str, ...], line: str) -> tuple[str, str]:
    """The label that the line begins with, as the rules folder spells it, and what follows on the line."""
    match = _expression(labels).match(line)
    if not match:
        return "", ""
    written = _normal(match[1])
    return next(label for label in labels if _normal(label) == written), line[match.end() :].strip()


@lru_cache(maxsize=256)
def _expression(labels: tuple[str, ...]) -> re.Pattern[str]:
    """A label, then what parts it from its answer: a colon, the end of the line, or the gap between two table cells."""
    longest_first = sorted(labels, key=len, reverse=True)
    written = "|".join(r"\s+".join(map(re.escape, label.rstrip(" :").split())) for label in longest_first)
    return re.compile(rf"[\s|]*({written})\s*(?:\*\s*)?(?:[:|]|$|(?<=\?)\s|(?<=\s\s)|(?<=\t))", re.IGNORECASE)


def _clean(lines: list[str]) -> str:
    first, *more = lines
    rest = textwrap.dedent("\n".join(more))
    text = f"{first}\n{rest}".strip("| \n\t")
    return "" if text.casefold() in _NOTHING else text


def _contact(form: Form, answer: str) -> str:
    choices = {_normal(written): choice.value for written, choice in form.contact.items()}
    return choices.get(_normal(answer), "")


def _first_address(answer: str) -> str:
    for found in _ADDRESS.finditer(answer[:MAX_LINE]):
        if address := _UP_TO_DOMAIN.match(found[0]):
            return address[0]
    return ""


def _coordinates(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Degrees (WGS 84), None where they are none."""
    if max(len(latitude), len(longitude)) > _DIGITS:
        return None
    try:
        place = float(latitude.replace(",", ".")), float(longitude.replace(",", "."))
    except ValueError:
        return None
    return place if abs(place[0]) <= _LATITUDES and abs(place[1]) <= _LONGITUDES else None


def _normal(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(" :*")
