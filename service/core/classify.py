"""Who writes, and what for: a mail in its surroundings gets a verdict with a reason.

`Message.kind` says what can be told from the mail alone. Here the register's knowledge joins it: whose case it may be,
who the sender is there, and what proves it. The checks stand in one table and are asked in order; the first that
answers decides. A check has no side effect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from service.core import gate
from service.core.effects import Letter
from service.core.message import Address, Kind, Message
from service.core.people import addresses
from service.core.people.addresses import same
from service.core.people.origin import Word, judgement
from service.core.people.proof import Proof, Strength
from service.core.people.tokens import NO_CASE, Token, read_token
from service.core.rules.choices import StaffProof
from service.core.rules.forms import read_form
from service.core.rules.rulebook import RuleBook
from service.core.speech import forwards
from service.core.speech.filenotes import is_file_note
from service.core.speech.orders import begins_with_command, is_command
from service.core.verdict import BY_REFERENCE, Context, Match, Role, Verdict


def thread_ids(message: Message) -> list[str]:
    """The Message-IDs that the mail names, the one that it answers first."""
    return [i for i in (message.in_reply_to, *reversed(message.references)) if i]


def tokens_of(message: Message) -> list[Token]:
    """Our tokens in the mail's thread, the mail that it answers first."""
    return [token for token in map(read_token, thread_ids(message)) if token]


def proving_tokens(message: Message, ctx: Context) -> list[Token]:
    """Those of them that may prove a staff member: an officer who writes to a citizen directly shows our ids around."""
    return [t for i in thread_ids(message) if i not in ctx.exposed and (t := read_token(i))]


def answers_own_letter(message: Message, ctx: Context, address: str) -> bool:
    """Whether the mail answers a letter of ours that was sent to that address, in whatever case or none."""
    return any(token.proves(ctx.secret, address) for token in proving_tokens(message, ctx))


def match_case(message: Message, prefix: str, threads: Iterable[str]) -> Match:
    """Which case the mail points to, strongest sign first (domain 11.3), never by title.

    Args:
        prefix: the municipality's; numbers of others are not ours.
        threads: case numbers of stored mails that In-Reply-To or References name.
    """
    written = list(dict.fromkeys(n for n in message.case_numbers if n.startswith(prefix + "-")))
    for by, numbers in (
        ("token", [t.number for t in tokens_of(message) if t.number.startswith(prefix + "-")][:1]),
        ("thread", list(dict.fromkeys(threads))),
        ("number", written),
    ):
        supported = [n for n in numbers if n in written] if written else numbers
        if len(supported) == 1:
            return Match(supported[0], by)
        if numbers:
            disagreeing = tuple(dict.fromkeys([*numbers, *written]))
            return Match(doubt=f"the mail points to several cases: {', '.join(disagreeing)}", numbers=disagreeing)
    return Match()


def classify(message: Message, ctx: Context, book: RuleBook) -> Verdict:
    """The verdict of the first check that has one."""
    found = next(verdict for check in CHECKS if (verdict := check(message, ctx, book)))
    wish = found.reply_to or reply_wish(message, ctx, book)
    said = judgement(message, book).word
    passed = forwards.passed_on(message) if found.role is Role.NEW and said is Word.PASS else None
    if passed and _is_from_staff(message, book) and _is_outside(passed.sender, ctx, book):
        found = replace(found, role=Role.FILE_NOTE, because=f"{found.because}; a colleague passes a citizen's mail on")
    return replace(found, said=said, reply_to=wish)


def _is_from_staff(message: Message, book: RuleBook) -> bool:
    return message.sender is not None and book.is_staff(message.sender.address)


def _is_outside(who: Address | None, ctx: Context, book: RuleBook) -> bool:
    return who is not None and who.key not in ctx.own_addresses and not book.is_staff(who.address)


def reply_wish(message: Message, ctx: Context, book: RuleBook) -> Address | None:
    """Where the sender wishes answers to go: one other, ordinary address in Reply-To (contract section 7).

    It is a wish and no identity: the municipality's own addresses, and those that nobody reads, are none.
    """
    wish = message.reply_to
    if wish is None or len({each.key for each in message.reply_to_all}) > 1:
        return None
    other = message.sender is None or wish.key != message.sender.key
    ordinary = addresses.is_mailable(wish.address) and not gate.is_unread(wish.address)
    inside = wish.key in ctx.own_addresses or book.is_staff(wish.address) or _is_own_list((wish.key,), ctx, book)
    return wish if other and ordinary and not inside else None


def _to_ourselves(message: Message, ctx: Context, _book: RuleBook) -> Verdict | None:
    """A letter of ours to the mailbox itself, by its signed Message-ID: it tries whether mail goes both ways.

    Nobody sees it again, so it may say nothing but our words; mail servers that write it anew keep these. Some put a
    footer under every mail: the latest one, while it is waited for, may say as much besides as a footer does.
    """
    token = read_token(message.message_id or "")
    if not token or not any(token.proves(ctx.secret, own) for own in ctx.own_addresses):
        return None
    words = words_in(f"{message.subject}\n{message.whole_text}")
    has_footer = bool(ctx.awaited_words) and ctx.awaited_words <= words and len(words - ctx.words_to_itself) <= _FOOTER
    if message.attachments or not (words <= ctx.words_to_itself or has_footer):
        return None
    role = Role.CANARY if token.is_for(Letter.CANARY) else Role.TRIAL
    return Verdict(role, "a letter of ours to the mailbox itself")


def words_in(text: str) -> frozenset[str]:
    """The words of a text, and its numbers, each once."""
    return frozenset(_WORD.findall(text.lower()))


_WORD = re.compile(r"\w+")
_FOOTER = 200  # different words: a disclaimer in two languages


def _own(message: Message, ctx: Context, _book: RuleBook) -> Verdict | None:
    if message.sender and message.sender.key in ctx.own_addresses:
        return Verdict(Role.OWN, "sent from one of the service's own addresses")
    return None


def _about_the_service(message: Message, ctx: Context, _book: RuleBook) -> Verdict | None:
    """An answer to a letter of the service's troubles, often by a machine that does not say it is one."""
    who = message.sender
    if who is None or ctx.case or begins_with_command(message.new_text):
        return None
    first = next(iter(tokens_of(message)), None)
    if first and first.is_of_the_service and first.proves(ctx.secret, who.address):
        return Verdict(Role.ABOUT_US, "answers a letter about the service itself")
    return None


def _unknown_form(message: Message, ctx: Context, book: RuleBook) -> Verdict | None:
    """A web site that writes as the mailbox or as a robot, with the person in Reply-To: nobody has described it yet.

    So do lists that put themselves into From. A machine that says that it is one is not meant.
    """
    sender, wish = message.sender, reply_wish(message, ctx, book)
    if not sender or not wish or read_token(message.message_id or ""):
        return None
    ours = sender.key in ctx.own_addresses or _is_own_list((sender.key,), ctx, book)
    if not (ours or gate.is_unread(sender.address)) or _is_machine(message, ctx, book):
        return None
    if ctx.case:
        return Verdict(Role.STRANGER, "Reply-To names a person, which proves nothing in a case") if ours else None
    return Verdict(
        Role.UNKNOWN_FORM, "from a robot, with a person in Reply-To: a form nobody has described", reply_to=wish
    )


def _is_own_list(names: Iterable[str], ctx: Context, book: RuleBook) -> bool:
    """Whether one of the names is a list's in front of the mailbox: its id (RFC 2919), or the address to post to."""
    own = {addresses.key(name) for name in (*book.municipality.own_lists, *ctx.own_addresses)}
    ids = {name.replace("@", ".") for name in own}
    return any(addresses.key(name) in own or name in ids for name in names)


def _bounce(message: Message, _ctx: Context, _book: RuleBook) -> Verdict | None:
    return Verdict(Role.BOUNCE, message.because) if message.bounce else None


def _form(message: Message, ctx: Context, book: RuleBook) -> Verdict | None:
    submission = read_form(book, message)
    role = Role.FORM_AGAIN if ctx.case and ctx.match.by == BY_REFERENCE else Role.FORM
    return Verdict(role, f"form {submission.form}", submission) if submission else None


def _machine(message: Message, ctx: Context, book: RuleBook) -> Verdict | None:
    return Verdict(Role.MACHINE, message.because) if _is_machine(message, ctx, book) else None


def _is_machine(message: Message, ctx: Context, book: RuleBook) -> bool:
    if message.kind is Kind.BULK:  # a list in front of the mailbox is the municipality's own way in
        return not _is_own_list(message.lists, ctx, book)
    return message.kind in {Kind.AUTO_REPLY, Kind.CALENDAR}


def _staff(message: Message, ctx: Context, book: RuleBook) -> Verdict | None:
    sender = message.sender
    if not sender or not book.is_staff(sender.address):
        return None
    if not ctx.case:
        return _staff_without_case(sender, message, ctx, book)
    proof = staff_proof(message, ctx, book)
    # An employee's own feedback, or a letter that the registrar has mailed in: the sender is the submitter (S36). But
    # genuine commands are a staff member's.
    is_submitter = ctx.case.submitter.has(sender.address) and not same(sender.address, ctx.case.officer)
    if is_submitter and not (proof.may_note and _commands(message)):
        return None
    role = Role.OFFICER if proof.may_note else Role.UNPROVEN_STAFF
    return Verdict(role, "; ".join(proof.reasons), proof=proof)


def _staff_without_case(sender: Address, message: Message, ctx: Context, book: RuleBook) -> Verdict | None:
    if ctx.match.doubt:
        return Verdict(Role.STAFF_IN_DOUBT, f"from staff; {ctx.match.doubt}")
    if is_file_note(message):
        return _file_note(message, book)
    said = judgement(message, book)
    if said.word is Word.FAIL:
        return Verdict(Role.UNPROVEN_STAFF, f"from staff, about no case: {said.because}")
    if _commands(message) or is_command(message.subject):
        return Verdict(Role.STAFF_WITHOUT_CASE, "from staff, about no case")
    # Feedback of one's own needs no case and no token, but it must be one's own: a case in the name of whoever works
    # with cases gives that person's words a weight.
    answers = _answers_staff_letter(sender, message, ctx)
    if said.word is Word.NOTHING and book.is_known_staff(sender.address) and not answers:
        return Verdict(Role.UNPROVEN_STAFF, f"from staff, about no case: {said.because}")
    if answers:
        return Verdict(Role.STAFF_WITHOUT_CASE, "from staff, in answer to a letter of ours that concerns no case")
    if ctx.standing:
        return Verdict(Role.STAFF_WITHOUT_CASE, "from staff, in answer to a question that somebody else was asked")
    return None


def _answers_staff_letter(sender: Address, message: Message, ctx: Context) -> bool:
    """Whether it answers what we wrote to the sender as staff, without a case: such an answer is no feedback."""
    first = next(iter(tokens_of(message)), None)
    if first is None or first.number != NO_CASE or not first.proves(ctx.secret, sender.address):
        return False
    return not _is_to_submitter(first)


def _file_note(message: Message, book: RuleBook) -> Verdict:
    """Nobody makes a case in a citizen's name but whom the own server vouches for: a new mail bears no token."""
    said = judgement(message, book)
    role = Role.FILE_NOTE if said.word is Word.PASS else Role.UNPROVEN_STAFF
    return Verdict(role, f"a colleague's note of what somebody has said: {said.because}")


def _list_answer(message: Message, ctx: Context, book: RuleBook) -> Verdict | None:
    """A list of ours is answered by whoever it was sent to; what anybody else of the staff writes to it is asked about.

    Lists are the morning mails, and whatever else names several cases by number.
    """
    sender, ids = message.sender, thread_ids(message)
    first = next((token for i in ids if (token := read_token(i))), None)
    if ctx.case or not sender or first is None or not (ctx.listing or first.is_for(Letter.DIGEST)):
        return None
    if not book.is_known_staff(sender.address):
        return None
    is_theirs = first.proves(ctx.secret, sender.address)
    shows_it = is_theirs and not ctx.exposed.intersection(ids)  # others may have it: the server's word counts still
    said = judgement(message, book)
    proof = Proof(_STRENGTH[book.municipality.staff_proof](said.word, shows_it), (said.because,))
    if is_theirs and proof.may_note:
        return Verdict(Role.ANSWERS_LIST, "answers a list of ours", proof=proof)
    if said.word is Word.FAIL:
        return Verdict(Role.UNPROVEN_STAFF, f"answers a list of ours: {said.because}")
    return Verdict(Role.STAFF_WITHOUT_CASE, "answers a list that was not sent to this person, or proves nothing")


def _decides(message: Message, ctx: Context, book: RuleBook) -> Verdict | None:
    """A question about several cases is answered by whoever was asked, under its letter, or by another registrar."""
    sender, question = message.sender, ctx.standing
    if ctx.case or not sender or question is None or not book.is_known_staff(sender.address):
        return None
    tokens = proving_tokens(message, ctx)
    is_theirs = any(t.nonce == question.nonce and t.proves(ctx.secret, sender.address) for t in tokens)
    proof = Proof(_STRENGTH[book.municipality.staff_proof](judgement(message, book).word, is_theirs))
    if not proof.may_note or not (is_theirs or book.is_registrar(sender.address)):
        return None
    return Verdict(Role.DECIDES, "answers a question about several cases", proof=proof)


def _commands(message: Message) -> bool:
    return begins_with_command(message.new_text)


def _submitter(message: Message, ctx: Context, _book: RuleBook) -> Verdict | None:
    case, sender = ctx.case, message.sender
    if not case:
        return None
    if sender and case.submitter.has(sender.address):
        return Verdict(Role.SUBMITTER, f"the submitter writes in the case ({ctx.match.by})")
    if sender and any(
        t.number == case.number and _is_to_submitter(t) and t.proves(ctx.secret, sender.address)
        for t in tokens_of(message)
    ):
        return Verdict(
            Role.SUBMITTER, "the sender answers a letter to the submitter that was sent to that very address"
        )
    return Verdict(Role.STRANGER, f"points to the case by {ctx.match.by}, but the sender is no party of it")


def _is_to_submitter(token: Token) -> bool:
    return any(token.is_for(kind) for kind in Letter if not kind.is_to_staff)


def _new(_message: Message, _ctx: Context, _book: RuleBook) -> Verdict:
    return Verdict(Role.NEW, "answers no case of ours")


CHECKS: tuple[Callable[[Message, Context, RuleBook], Verdict | None], ...] = (
    _to_ourselves,
    _bounce,
    _form,  # before `_own`: some web sites send their forms from the mailbox's own address
    _unknown_form,
    _own,
    _machine,
    _about_the_service,
    _list_answer,
    _decides,
    _staff,
    _submitter,
    _new,
)


def staff_proof(message: Message, ctx: Context, book: RuleBook) -> Proof:
    """How genuine the staff mail is by the municipality's measure (`staff_proof`, HJO-14), and why.

    What the own server says decides: its fail beats every token. A token alone, where the server says nothing, is the
    weaker proof: whoever was forwarded one of our letters has it as well.
    """
    address = message.sender.address if message.sender else ""
    token = any(
        ctx.case is not None and t.number == ctx.case.number and t.proves(ctx.secret, address)
        for t in proving_tokens(message, ctx)
    )
    said, wanted = judgement(message, book), book.municipality.staff_proof
    strength = _STRENGTH[wanted](said.word, token)
    answers = "it answers a letter that was sent to this person" if token else "it answers no letter to this person"
    return Proof(strength, (f"staff proof {wanted.value}: {said.because}", answers))


def would_a_yes_count(message: Message, book: RuleBook) -> bool:
    """Whether an answer to a letter of ours would prove the writer, by what the own server says of this mail."""
    return Proof(_STRENGTH[book.municipality.staff_proof](judgement(message, book).word, True)).may_note


def is_proven_by_server(message: Message, book: RuleBook) -> bool:
    """Whether what the own server says of this mail proves its writer, without any letter of ours that it answers."""
    return Proof(_STRENGTH[book.municipality.staff_proof](judgement(message, book).word, False)).may_act


def _strength(word: Word, token: bool, *, certain: bool, alone: bool) -> Strength:
    """certain: what is wanted besides the server's word is there. alone: a token counts where the server is silent."""
    if word is Word.FAIL:
        return Strength.FAILED
    if word is Word.PASS:
        return Strength.CERTAIN if certain else Strength.NONE
    return Strength.TOKEN if token and alone else Strength.NONE


_STRENGTH: dict[StaffProof, Callable[[Word, bool], Strength]] = {
    StaffProof.TOKEN: lambda word, token: _strength(word, token, certain=token, alone=True),
    StaffProof.DMARC: lambda word, token: _strength(word, token, certain=True, alone=False),
    StaffProof.EITHER: lambda word, token: _strength(word, token, certain=True, alone=True),
    StaffProof.BOTH: lambda word, token: _strength(word, token, certain=token, alone=False),
}


def shown_outside(message: Message, verdict: Verdict, ctx: Context, book: RuleBook) -> str:
    """Why people outside have seen the ids of our letters that the mail names; empty where they have not.

    A mail that nobody outside has written or been sent shows them to nobody. What a delivery report names, a mail
    server has seen.
    """
    if verdict.role is Role.BOUNCE:
        return ""

    def inside(who: Address) -> bool:
        return who.key in ctx.own_addresses or book.is_staff(who.address) or _is_own_list((who.key,), ctx, book)

    if message.sender and not inside(message.sender):
        return "somebody outside has written it"
    if verdict.unconfirmed:
        return "the own server says that somebody else has written it"
    if not all(inside(who) for who in (*message.to, *message.cc, *message.reply_to_all)):
        return "it went to people outside, too"
    return ""
