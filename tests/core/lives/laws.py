"""What must hold after each step of a life, whatever has happened before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from service.core.calendar.deadlines import due_at, office_opens, promised
from service.core.cases import Case, Clock, Contact, Status
from service.core.decide import on_time
from service.core.effects import (
    AddMessage,
    Letter,
    MoveClock,
    NoCase,
    Note,
    OpenCase,
    SendLetter,
    ShowBinder,
    ShowCase,
    ShowCases,
    ShowFigures,
    StartClock,
    TakeStep,
)
from service.core.gate import is_unread
from service.core.people.addresses import same
from service.core.verdict import Role
from tests.core.lives.town import Sent, Step, Town

SECRET = "Kvistmark"
"""A word of the submitter's that no letter of a secret case may hold."""
ASIDE = "Mellanoss"
"""A word that staff write to each other alone."""
_ENDED = (Status.CLOSED, Status.REFUSED)
_SHOWS = (ShowCase, ShowCases, ShowFigures, ShowBinder)
_TOLD_WITHIN = timedelta(days=12)  # office hours and holidays may lie between


def broken(town: Town) -> Iterator[str]:
    """A line for each law that does not hold."""
    yield from _mail(town.step)
    yield from _answers(town)
    for sent in [each for each in town.step.letters if each.state != "withdrawn"]:
        faults = [*_letter(sent), *_escalation(sent, town)]
        yield from (f"{sent.letter.kind} to {sent.letter.to}: {fault}" for fault in faults)
    touched = {each.after.number for each in town.step.done if each.after}
    for case in town.cases.values():
        if case.number in touched:
            yield from (f"{case.number} ({case.status}): {fault}" for fault in _case(case, town))
        yield from (f"{case.number} ({case.status}): {fault}" for fault in _time(case, town))


def _mail(step: Step) -> Iterator[str]:
    """Whatever comes in is filed first, and somebody sees it; what proves nothing changes nothing."""
    if step.message is None or step.verdict is None:
        return
    effects, role = step.effects, step.verdict.role
    filed = [e for e in effects if isinstance(e, OpenCase | AddMessage | NoCase)]
    if not filed:
        yield "the mail is filed nowhere"
    told = any(s.letter.kind.is_to_staff or s.letter.kind is Letter.REFERRAL for s in step.letters)
    told = told or any(isinstance(e, _SHOWS) for e in effects)
    aside = any(isinstance(e, NoCase) and e.folder == "quarantine" for e in effects)
    noted = any(isinstance(e, Note) and e.kind in _SEEN_LATER for e in effects)
    thanks = any(isinstance(e, NoCase) and e.because.startswith("thanks") for e in effects)
    if not (told or aside or noted or thanks or role in {Role.BOUNCE, Role.MACHINE}):
        yield f"nobody sees what the {role} has written"
    if role in {Role.UNPROVEN_STAFF, Role.STRANGER, Role.BOUNCE, Role.MACHINE}:
        for done in step.done:
            if done.before and done.after and step.case and done.after.number == step.case.number:
                changed = [name for name in _DECIDED if getattr(done.before, name) != getattr(done.after, name)]
                if changed and not (done.after.secrecy and not step.case.secrecy) and role in _PROVE_NOTHING:
                    yield f"the {role} has changed {', '.join(changed)}"


_SEEN_LATER = {"thanks", "list", "grade"}
_PROVE_NOTHING = {Role.UNPROVEN_STAFF, Role.STRANGER}
_DECIDED = (
    "status",
    "unit",
    "officer",
    "answer",
    "deadlines",
    "measure",
    "publication",
    "submitter",
    "leaving",
    "title",
)


def _answers(town: Town) -> Iterator[str]:
    """An answer goes out once, and never without a word of the staff's, or the time that they have set."""
    step = town.step
    answers = [sent for sent in step.letters if sent.letter.kind is Letter.ANSWER]
    # Several may be refused at once, also two of the same words with another between them: each is sent once more.
    most = Counter(_words(sent) for sent in step.returned if sent.letter.kind is Letter.ANSWER)
    each = Counter(_words(sent) for sent in answers)
    for words, times in each.items():
        if times > max(1, most[words]):
            yield f"{times} answers at once to {words[1]} in {words[0]}"
    for sent in answers:
        text = str(sent.letter.facts.get("answer", ""))
        if not all(line in town.said for line in text.splitlines()):
            yield f"nobody of the staff has written {text!r}"
        before = step.case if step.case and step.case.number == sent.number else None
        owed = before is None or before.running or not before.answered_at
        written = [each for each in town.post if each.letter.kind is Letter.ANSWER and each.number == sent.number]
        # Whoever has said something else on the telephone since may write the words of before once more.
        told = before is not None and before.answer not in {"", *(each.letter.facts.get("answer") for each in written)}
        if not owed and not told and any(same_words(sent, other) for other in written[-2:-1]):
            yield f"the same answer leaves again, and nobody waits for it: {text!r}"
    if answers and step.verdict and step.verdict.role not in {Role.OFFICER, Role.BOUNCE, Role.SUBMITTER}:
        yield f"an answer leaves by the mail of the {step.verdict.role}"


def same_words(sent: Sent, other: Sent) -> bool:
    """Whether both are the same answer to the same person."""
    return sent.letter.kind is other.letter.kind and _words(sent) == _words(other)


def _words(sent: Sent) -> tuple[str, str, object]:
    return sent.number, sent.letter.to, sent.letter.facts.get("answer")


def _letter(sent: Sent) -> Iterator[str]:
    letter, case = sent.letter, sent.case
    said = f"{dict(letter.facts)}"
    if letter.automatic and is_unread(letter.to):
        yield "a machine is written to"
    to_submitter = case and not letter.kind.is_to_staff and same(letter.to, case.submitter.mail_to)
    if case and to_submitter and letter.automatic and case.submitter.contact in {Contact.NONE, Contact.IMPOSSIBLE}:
        yield "the submitter wants no mail"
    if not letter.kind.is_to_staff and ASIDE in said:
        yield "words among staff leave the house"
    if case and case.secrecy:
        if SECRET in said:
            yield "it says what is secret"
        if letter.files_of and not letter.paper:
            yield "it carries files of a secret case"


def _escalation(sent: Sent, town: Town) -> Iterator[str]:
    """It reaches whoever leads the case's own unit, a head or a registrar; where somebody is away, who stands in."""
    people, case, to = town.book.people, sent.case, sent.letter.to
    if sent.letter.kind is not Letter.ESCALATION or case is None or sent.tried or town.absent:
        return
    may = {town.book.manager_of(case.unit), case.officer, *people.registrars, *(d.head for d in people.departments)}
    if to in {unit.manager for unit in people.units} - may:
        yield f"it leads another unit than {case.unit or 'none'}"


def _case(case: Case, town: Town) -> Iterator[str]:
    if case.status is Status.NEW:
        yield "nobody has it"
    if case.is_open and not case.is_appeal and not case.running and not case.disposed_at:
        yield "it is open, and no promise of an answer runs"
    if case.status in _ENDED and case.running:
        yield "it is ended, and a promise of an answer runs"
    if (case.status in _ENDED) != bool(case.closed_at):
        yield f"closed at {case.closed_at}"
    if case.status is Status.ANSWERED and not case.answered_at and not case.running:
        yield "it is answered at no time"
    steps = Counter(k for d in town.life[case.number] if isinstance(d.effect, TakeStep) for k in _keys(d.effect))
    yield from (f"the step {key} is taken {times} times" for key, times in steps.items() if times > 1)
    yield from _promises(case, town)
    disposed = next((i for i, d in enumerate(town.life[case.number]) if d.after and d.after.disposed_at), None)
    if disposed is not None and len(town.life[case.number]) > disposed + 1:
        yield "something happens in it after its disposal"
    if case.disposed_at and (case.text or case.title or case.answer or case.submitter.email or case.pending):
        yield "words are left in it"


def _keys(effect: TakeStep) -> tuple[str, ...]:
    return (effect.key, *effect.superseded)


def _promises(case: Case, town: Town) -> Iterator[str]:
    """What the journal tells of promises, told again without `evolve`, and what the rules would promise."""
    told: dict[Clock, list[tuple[datetime, datetime]]] = {}
    for done in town.life[case.number]:
        if isinstance(done.effect, StartClock):
            told.setdefault(done.effect.kind, []).append((done.effect.started_at, done.effect.due_at))
        elif isinstance(done.effect, MoveClock) and told.get(done.effect.kind):
            told[done.effect.kind][-1] = (done.effect.started_at, done.effect.due_at)
    for kind in Clock:
        kept = [(d.started_at, d.due_at) for d in case.deadlines if d.kind is kind]
        if kept != told.get(kind, []):
            yield f"the journal promises {kind} {told.get(kind, [])}, the case {kept}"
    for promise in case.deadlines:
        if promise is case.deadline(promise.kind) and promise.running:
            _, duration = promised(promise.kind, case.channel, case.process, town.book)
            if promise.due_at != due_at(promise.started_at, duration, town.book):
                yield f"{promise.kind} is due {promise.due_at}, not within {duration} of {promise.started_at}"


def _time(case: Case, town: Town) -> Iterator[str]:
    """What the clock has brought about it does not bring about again, and it forgets no promise."""
    check = town.next_check(case)
    if case.disposed_at or case.status in _ENDED:
        if check and not case.leaving:  # an answer that completes an earlier one waits for its time
            yield f"time would change it at {check}"
        return
    promise = case.running
    if promise and not promise.missed_at and (check is None or check > promise.due_at + timedelta(seconds=1)):
        yield f"nobody looks at it when its promise ends, but at {check}"
    if check and check <= town.now:
        again = on_time(case, town.book, town.now)
        if not again:
            yield f"it is looked at since {check} for nothing"
        if town.step.message is None and not town.step.letters and any(e.effect in again for e in town.step.done):
            yield f"time brings the same about again: {again}"
    if promise and promise.due_at + _TOLD_WITHIN < town.now and office_opens(town.now, town.book) == town.now:
        told = any(
            isinstance(d.effect, SendLetter | Note)
            and d.effect.kind in {Letter.REMINDER, Letter.ESCALATION, "reminder"}
            and d.before
            and d.before.running
            and d.before.running.started_at == promise.started_at
            for d in town.life[case.number]
        )
        is_looked_at = check is None or check > town.now  # a part split off late is born late: the clock tells next
        if not told and is_looked_at and town.step.message is None and town.book.municipality.escalation:
            yield "its promise is broken, and nobody was told"
