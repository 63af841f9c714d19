"""What a web form's notification mail says: known by its sender and subject, read by its layout (contract section 6).

The labels are the rules folder's; `labels` finds their answers. A form's mail comes from the form's own address, which
is never the submitter's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from service.core.mail import MAX_LINE
from service.core.message import Message
from service.core.rules.labels import Labels, answers, normal
from service.core.rules.rulebook import ContactChoice, Form, Layout, RuleBook

_LINK = re.compile(r"https?://[^\s<>\"]{1,2000}")
# Every count has an end: what stands in a form's mail was written by a stranger.
_SERIES = r"(?:[^\W\d_]{1,8}[-/])?\d{1,40}(?:[-/]\d{1,12}){0,3}"  # 48213, 2026-1234, KCH-2026-1234
_NUMBER = re.compile(rf"\bärende\w{{0,20}}[\s.:(#]{{0,10}}(?:nr|nummer)?[\s.:#]{{0,10}}({_SERIES})", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>():;,\"'|@]{1,64}@[^\s<>():;,\"'|@]{1,255}")
_UP_TO_DOMAIN = re.compile(r"[^@]+@.*\.\w+")
_SECTION = "**"
_PAIR = re.compile(r"(-?\d{1,2}[.,]\d{2,15})\s{0,5}(?:°\s?N)?[,;/ &]\s{0,5}(?:lon\w{0,6}=)?(-?\d{1,3}[.,]\d{2,15})")
_PARAGRAPHS = {"address", "topic"}
_LATITUDES, _LONGITUDES, _DIGITS = 90, 180, 40


@dataclass(frozen=True, slots=True)
class Submission:
    """What a form was filled in with. Empty text: not filled in, or not in the mail.

    contact: `email`, `letter`, `phone`, `none`, or empty where the form did not ask.
    anonymous: that was chosen instead.
    answers: every label of the form that the mail has, with its answer; rules may ask them.
    """

    form: str
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    contact: str = ""
    anonymous: bool = False
    heading: str = ""
    text: str = ""
    channel: str = "webbformulär"
    topic: str = ""
    type: str = ""
    process: str = ""
    page: str = ""
    ip: str = ""
    external_ref: str = ""
    link: str = ""
    coordinates: tuple[float, float] | None = None
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_link_only(self) -> bool:
        """Whether the mail only says where the submission is to be read."""
        return bool(self.link) and not self.answers

    @property
    def position(self) -> str:
        """The coordinates as the register keeps them: `59.51, 15.99`, degrees in WGS 84; empty where there are none."""
        return f"{self.coordinates[0]}, {self.coordinates[1]}" if self.coordinates else ""


def read_form(book: RuleBook, message: Message) -> Submission | None:
    """The submission in the mail, None where the mail is no known form's."""
    form = next((form for form in book.forms if _is_from(form, message)), None)
    if form is None:
        return None
    filled_in = _link_only(form, message) if form.layout is Layout.LINK else _submission(form, message)
    own = _type(form, filled_in.type, book.municipality.types)
    return replace(filled_in, type=own, channel=form.channel, process=form.process or "")


def _type(form: Form, answer: str, types: Sequence[str]) -> str:
    """The municipality's word for the type that was chosen; else the form's own type. No other word becomes a type."""
    known = {normal(one): one for one in types}
    meant = {normal(written): one for written, one in form.types.items()}
    return known.get(normal(answer)) or meant.get(normal(answer)) or form.type or ""


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
    is_divided = form.layout is Layout.SECTIONS and "text" not in labels  # the heading's answer is heading and text
    free = labels.get("heading" if is_divided else "text", "")
    known = Labels(
        tuple(dict.fromkeys((*labels.values(), *form.others))),
        free,
        labels.get("contact", ""),
        lambda line: _contact(form, line),
        has_sections=form.layout is Layout.SECTIONS,
    )
    found = answers(known, message.text)
    given = {key: found.get(label, "") for key, label in labels.items()}
    if is_divided:
        given["heading"], _, given["text"] = given.get("heading", "").partition("\n")
    given = {key: answer.strip() if key == "text" else _brief(key, answer) for key, answer in given.items()}
    place = ", ".join(part for part in (given.pop("address", ""), given.pop("postcode", "")) if part)
    contact = _contact(form, given.pop("contact", ""))
    anonymous = contact == ContactChoice.ANONYMOUS
    return Submission(
        form=form.name,
        contact="" if anonymous else contact,
        anonymous=anonymous,
        email=_first_address(given.pop("email", "")),
        external_ref=given.pop("reference", ""),
        address=place,
        coordinates=_coordinates(given.pop("latitude", ""), given.pop("longitude", ""), given.pop("position", "")),
        link=_link(message.text) if form.layout is Layout.SECTIONS else "",
        answers=found,
        **given,
    )


def _brief(key: str, answer: str) -> str:
    """What is no free text is one line, or a paragraph of them. What stands below it is the end of the mail."""
    lines = [line.strip(" ,|") for line in answer.partition("\n\n")[0].splitlines()]
    return ", ".join(filter(None, lines if key in _PARAGRAPHS else lines[:1]))[:MAX_LINE]


def _contact(form: Form, answer: str) -> str:
    choices = {normal(written): choice.value for written, choice in form.contact.items()}
    return choices.get(normal(answer), "")


def _first_address(answer: str) -> str:
    for found in _ADDRESS.finditer(answer[:MAX_LINE]):
        if address := _UP_TO_DOMAIN.match(found[0]):
            return address[0]
    return ""


def _coordinates(latitude: str, longitude: str, both: str) -> tuple[float, float] | None:
    """Degrees (WGS 84), None where they are none. both: an answer or a map's link that holds the two in this order."""
    if pair := _PAIR.search(both[:MAX_LINE]):
        latitude, longitude = pair[1], pair[2]
    if max(len(latitude), len(longitude)) > _DIGITS:
        return None
    try:
        place = float(latitude.replace(",", ".")), float(longitude.replace(",", "."))
    except ValueError:
        return None
    return place if abs(place[0]) <= _LATITUDES and abs(place[1]) <= _LONGITUDES else None
