"""Who writes, and what for: a mail in its surroundings gets a verdict with a reason.

`Message.kind` says what can be told from the mail alone. Here the register's knowledge joins it: whose case it may be,
who the sender is there, and what proves it. The checks stand in one table and are asked in order; the first that
answers decides. A check has no side effect.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from service.core.addresses import same
from service.core.cases import Case
from service.core.effects import Letter
from service.core.message import Kind, Message
from service.core.orders import begins_with_command
from service.core.origin import has_failed, is_authenticated
from service.core.proof import UNPROVEN, Proof, Strength
from service.core.rules.forms import Submission, read_form
from service.core.rules.municipality import StaffProof
from service.core.rules.rulebook import RuleBook
from service.core.tokens import Token, read_token


class Role(enum.StrEnum):
    """What the mail is to us."""

    OWN = "own"
    BOUNCE = "bounce"
    FORM = "form"
    MACHINE = "machine"
    OFFICER = "officer"
    UNPROVEN_STAFF = "unproven-staff"
    SUBMITTER = "submitter"
    STRANGER = "stranger"
    STAFF_WITHOUT_CASE = "staff-without-case"
    NEW = "new"
    AGAIN = "again"
    LETS_IN = "lets-in"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The role of the mail, why, the form that was read from it, and what proves its sender."""

    role: Role
    because: str
    form: Submission | None = None
    proof: Proof = UNPROVEN


@dataclass(frozen=True, slots=True)
class Match:
    """The case that a mail points to, and by what; several numbers that disagree are no match."""

    number: str = ""
    by: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What the register knows around a mail."""

    case: Case | None = None
    match: Match = Match()
    own_addresses: frozenset[str] = frozenset()
    secret: bytes = b""
    exposed: frozenset[str] = frozenset()  # Message-IDs of ours in the mail's thread that outsiders have seen


def thread_ids(message: Message) -> list[str]:
    """The Message-IDs that the mail names, the one that it answers first."""
    return [i for i in (message.in_reply_to, *reversed(message.references)) if i]


def tokens_of(message: Message) -> list[Token]:
    """Our tokens in the mail's thread, the mail that it answers first."""
    return [token for token in map(read_token, thread_ids(message)) if token]


def proving_tokens(message: Message, ctx: Context) -> list[Token]:
    """Those of them that may prove a staff member: an officer who writes to a citizen directly shows our ids around."""
    return [t for i in thread_ids(message) if i not in ctx.exposed and (t := read_token(i))]


def match_case(message: Message, prefix: str, threads: Iterable[str]) -> Match:
    """Which case the mail points to, strongest sign first (domain 11.3), never by title.

    Args:
        prefix: the municipality's; numbers of others are not ours.
        threads: case numbers of stored mails that In-Reply-To or References name.
    """
    written = [n for n in message.case_numbers if n.startswith(prefix + "-")]
    for by, numbers in (
        ("token", [t.number for t in tokens_of(message) if t.number.startswith(prefix + "-")][:1]),
        ("thread", list(dict.fromkeys(threads))),
        ("number", list(dict.fromkeys(written))),
    ):
        supported = [n for n in numbers if n in written] if len(numbers) > 1 else numbers
        if len(supported) == 1:
            return Match(supported[0], by)
        if len(numbers) > 1:
            return Match(doubt=f"the mail names several cases: {', '.join(numbers)}")
    return Match()


def classify(message: Message, ctx: Context, book: RuleBook) -> Verdict:
    """The verdict of the first check that has one."""
    return next(verdict for check in CHECKS if (verdict := check(message, ctx, book)))


def _own(message: Message, ctx: Context, _book: RuleBook) -> Verdict | None:
    if message.sender and message.sender.key in ctx.own_addresses:
        return Verdict(Role.OWN, "sent from one of the service's own addresses")
    return None


def _bounce(message: Message, _ctx: Context, _book: RuleBook) -> Verdict | None:
    return Verdict(Role.BOUNCE, message.because) if message.bounce else None


def _form(message: Message, _ctx: Context, book: RuleBook) -> Verdict | None:
    submission = read_form(book, message)
    return Verdict(Role.FORM, f"form {submission.form}", submission) if submission else None


def _machine(message: Message, _ctx: Context, _book: RuleBook) -> Verdict | None:
    if message.kind in {Kind.AUTO_REPLY, Kind.CALENDAR, Kind.BULK}:
        return Verdict(Role.MACHINE, message.because)
    return None


def _staff(message: Message, ctx: Context, book: RuleBook) -> Verdict | None:
    sender = message.sender
    if not sender or not book.is_staff(sender.address):
        return None
    if ctx.case and same(sender.address, ctx.case.submitter.email) and not same(sender.address, ctx.case.officer):
        return None  # an employee's own feedback: here the sender is the submitter (S36)
    if not ctx.case:
        return Verdict(Role.STAFF_WITHOUT_CASE, "from staff, about no case") if _commands(message) else None
    proved, because = staff_proof(message, ctx, book)
    proof = Proof(Strength.CERTAIN if proved else Strength.NONE, (because,))
    return Verdict(Role.OFFICER if proved else Role.UNPROVEN_STAFF, because, proof=proof)


def _lets_in(message: Message, ctx: Context, book: RuleBook) -> Verdict | None:
    """The list of what was put aside is answered by whoever it was sent to: a registrar, or who stands in for one."""
    sender, ids = message.sender, thread_ids(message)
    first = next((token for i in ids if (token := read_token(i))), None)
    if ctx.case or not sender or not book.is_known_staff(sender.address) or first is None:
        return None
    is_theirs = first.is_for(Letter.DIGEST) and first.proves(ctx.secret, sender.address)
    if not is_theirs or ctx.exposed.intersection(ids) or has_failed(message, book):
        return None
    return Verdict(Role.LETS_IN, "answers the list of what was put aside")


def _commands(message: Message) -> bool:
    return begins_with_command(message.new_text)


def _submitter(message: Message, ctx: Context, _book: RuleBook) -> Verdict | None:
    case, sender = ctx.case, message.sender
    if not case:
        return None
    if sender and same(sender.address, case.submitter.email):
        return Verdict(Role.SUBMITTER, f"the submitter writes in the case ({ctx.match.by})")
    if sender and any(t.number == case.number and t.proves(ctx.secret, sender.address) for t in tokens_of(message)):
        return Verdict(Role.SUBMITTER, "the sender answers a mail that was sent to that very address")
    return Verdict(Role.STRANGER, f"points to the case by {ctx.match.by}, but the sender is no party of it")


def _new(_message: Message, _ctx: Context, _book: RuleBook) -> Verdict:
    return Verdict(Role.NEW, "answers no case of ours")


CHECKS: tuple[Callable[[Message, Context, RuleBook], Verdict | None], ...] = (
    _bounce,
    _form,  # before `_own`: some web sites send their forms from the mailbox's own address
    _own,
    _machine,
    _lets_in,
    _staff,
    _submitter,
    _new,
)


def staff_proof(message: Message, ctx: Context, book: RuleBook) -> tuple[bool, str]:
    """Whether the staff mail is genuine by the municipality's measure (`staff_proof`, HJO-14), and why."""
    address = message.sender.address if message.sender else ""
    token = any(
        ctx.case is not None and t.number == ctx.case.number and t.proves(ctx.secret, address)
        for t in proving_tokens(message, ctx)
    )
    dmarc = is_authenticated(message, book.municipality.trusted_authserv)
    wanted = book.municipality.staff_proof
    proved = {
        StaffProof.TOKEN: token,
        StaffProof.DMARC: dmarc,
        StaffProof.EITHER: token or dmarc,
        StaffProof.BOTH: token and dmarc,
    }[wanted]
    seen = f"token {'fits' if token else 'missing'}, own server's judgement {'pass' if dmarc else 'missing or failed'}"
    return proved, f"staff proof {wanted.value}: {seen}"
