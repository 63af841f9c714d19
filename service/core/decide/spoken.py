"""What was said to a colleague, where the municipality does not register that (C16): the manager is told (STR-14).

It is a case all the same when it may be secret, when a rule alerts somebody or leaves it to a person, and when whoever
took it in says so with `#PROCESS`.
"""

from __future__ import annotations

from service.core.decide import registering
from service.core.decide.binder import Draft, is_for_a_person
from service.core.decide.incoming import Incoming
from service.core.decide.people import registrar_of
from service.core.effects import AskStanding, Effect, Letter, NoCase, SendLetter
from service.core.people.addresses import same
from service.core.rules.choices import Oral
from service.core.speech import swedish
from service.core.speech.channels import is_spoken
from service.core.speech.commands import Word
from service.core.speech.filenotes import FileNote

NONCE = 12  # characters of the note's digest under which its letters are answered
_REGISTERED = frozenset({Word.SECRECY, Word.REGISTRY_NUMBER, Word.PROCESS})
"""What is said only of what is registered."""


def is_for_information(draft: Draft, note: FileNote, mail: Incoming) -> bool:
    """Whether the note makes no case: it is of something spoken, and nothing in it asks for more."""
    if (
        mail.registered
        or mail.book.municipality.oral is Oral.REGISTER
        or not is_spoken(draft.case.channel)
        or note.citizens
    ):
        return False
    urgent = draft.case.secrecy or draft.found.duty or is_for_a_person(draft.found, mail.book)
    return not urgent and not _REGISTERED & {c.word for c in note.orders}


def tell(draft: Draft, mail: Incoming) -> list[Effect]:
    """The note is kept with its mail; the manager reads it, and whoever took it in hears that."""
    because = f"spoken; {draft.found.because}"
    to = _manager(draft, mail)
    readers = [address for address in (to, *draft.found.for_information) if not same(address, mail.sender)]
    who = draft.case.submitter
    facts = {
        "who": ", ".join(filter(None, (who.name, who.phone, who.email))),
        "spoken": draft.case,
        "by": mail.sender,
        "place": mail.book.unit(draft.case.unit),
        "arrived": swedish.moment(draft.case.received_at, mail.book.calendar.zone),
    }
    digest = mail.message.digest
    files_of, nonce = digest if mail.message.attachments else "", digest[:NONCE]
    told: list[Effect] = [AskStanding(registering.question(nonce, digest, to), because)]
    told += [
        SendLetter(Letter.INFORMATION, address, because, "spoken", facts, files_of=files_of, nonce=nonce)
        for address in dict.fromkeys(readers)
    ]
    echo = SendLetter(Letter.ECHO, mail.sender, because, "spoken-told", {"reader": to})
    return [NoCase("spoken", f"a note of something spoken is told for information: {draft.found.because}"), *told, echo]


def _manager(draft: Draft, mail: Incoming) -> str:
    """The manager of the matter's unit, else of the note-taker's; one whom the note names gives way to the head."""
    book, unit = mail.book, draft.case.unit or mail.book.unit_of(mail.sender) or ""
    head, officer = book.head_of(unit), draft.found.officer
    if head and officer and same(head, officer):
        return head
    return book.manager_of(unit) or registrar_of(draft.case, book)
