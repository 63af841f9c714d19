"""A mail that cannot be read: its case begins all the same, with what the header tells; a person reads the original.

The promise of a receipt within two working days holds for everybody who writes (KOP-10, HJO-04), whatever the mail does
to its reader. Nothing is obeyed or answered on the strength of a header alone.
"""

from __future__ import annotations

from dataclasses import replace

from service.core import gate
from service.core.cases import Case, Move, Status, Submitter
from service.core.decide import arrivals, staff, submitters
from service.core.decide.deeds import secrecy
from service.core.decide.incoming import Incoming, Plan, Unread
from service.core.decide.people import registrar_of, responsible
from service.core.effects import Effect, Letter, NoCase
from service.core.people.addresses import same
from service.core.rules.routing import Route, facts_of, route
from service.core.verdict import TO_ITSELF, Role

_FORMS = frozenset({Role.FORM, Role.UNKNOWN_FORM})
UNREADABLE = "unreadable"
"""How such a mail is filed, until it has been read."""
NOTICE = "Mejlet gick inte att läsa automatiskt. Läs originalet i brevlådan."
"""What stands in the case in place of the text."""


def on_unreadable(mail: Incoming, unread: Unread) -> list[Effect]:
    """The effects: a case in the registrar's hands, or a document in the case that the header points to."""
    role = mail.verdict.role
    if role is Role.UNPROVEN_STAFF and not mail.ctx.case:
        return staff.unproven_news(mail)
    if role in {Role.OWN, Role.ABOUT_US, *TO_ITSELF, Role.MACHINE} or (
        role not in _FORMS and gate.is_unread(mail.sender)
    ):
        return [NoCase(UNREADABLE, f"{mail.verdict.because}; could not be read: {unread.reason}", "quarantine")]
    if mail.ctx.case and role is not Role.FORM:
        return _in_case(mail, unread, mail.ctx.case)
    return _open(mail, unread)


def _open(mail: Incoming, unread: Unread) -> list[Effect]:
    in_place_of_text = replace(mail.message, new_text=NOTICE)
    plan = arrivals.begin(replace(mail, message=in_place_of_text), Route(), UNREADABLE)
    arrivals.promise(plan, mail)
    because = f"the mail could not be read: {unread.reason}"
    plan.assign("", "", because)
    arrivals.receipt(plan)
    registrar = registrar_of(plan.case, plan.book)
    plan.letter(
        Letter.ASSIGNMENT,
        registrar,
        because,
        template="unreadable",
        facts={"reason": unread.reason, "folder": unread.folder},
        files_of=mail.message.digest,
    )
    return plan.effects


def _in_case(mail: Incoming, unread: Unread, case: Case) -> list[Effect]:
    plan = Plan(case, mail.book, mail.now)
    is_submitter = mail.verdict.role is Role.SUBMITTER
    plan.file(mail, UNREADABLE, from_submitter=is_submitter)
    if is_submitter and not case.is_open:
        submitters.reopen(plan, mail)
    elif is_submitter and case.status is Status.WAITING:
        plan.move(Move.ASSIGN, "the submitter has answered")
    reader, registrar = responsible(case, mail.book), registrar_of(case, mail.book)
    told = [reader] if case.secrecy or same(reader, registrar) else [reader, registrar]
    for address in told:
        plan.letter(
            Letter.INFORMATION,
            address,
            f"a mail in the case could not be read: {unread.reason}",
            template="unreadable-in-case",
            facts={"reason": unread.reason, "folder": unread.folder, "sender": mail.sender},
            files_of="" if case.secrecy else mail.message.digest,
        )
    if mail.verdict.role is Role.STRANGER:
        submitters.acknowledge_stranger(plan, mail)
    return plan.effects


def on_readable(mail: Incoming, case: Case, *, opened_it: bool) -> list[Effect]:
    """The mail can be read at last: its case gets what was missing, and whoever has the case gets to see it.

    It is shown, not obeyed: days may have passed, and whoever wrote it may have written anew.
    """
    plan = Plan(case, mail.book, mail.now)
    found = route(mail.book, facts_of(mail.message, mail.verdict.form))
    if opened_it and case.text == NOTICE:
        _fill(plan, mail, found)
    if found.secrecy and not plan.case.secrecy:
        secrecy.begin_secrecy(plan, mail.book.municipality.secrecy.provision, f"secret: {found.because}")
    is_secret = plan.case.secrecy
    plan.letter(
        Letter.INFORMATION,
        responsible(plan.case, mail.book),
        "the mail has been read",
        template="readable",
        facts={"new_text": "" if is_secret else mail.message.new_text, "sender": mail.sender},
        files_of=mail.message.digest if mail.message.attachments and not is_secret else "",
    )
    return plan.effects


def _fill(plan: Plan, mail: Incoming, found: Route) -> None:
    drafted, because = arrivals.draft(mail, found), "the mail that opened the case has been read"
    plan.set(because, text=drafted.text, title=drafted.title)
    known, told = plan.case.submitter, drafted.submitter
    if not known.email and (told.email or known == Submitter()):
        plan.set(because, submitter=told, anonymous=drafted.anonymous)
        arrivals.promise(plan, mail)
        arrivals.receipt(plan)
