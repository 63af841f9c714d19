"""Who acts in the town, and how: what hypothesis draws a life from, and makes it short again where a law is broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from service.core.cases import Case
from service.core.decide.people import registrar_of, responsible
from service.core.mail import Absence, Bounce, Kind
from service.core.people.origin import Word
from service.core.rules.forms import Submission
from service.core.rules.rulebook import RuleBook
from tests.conversations.town import rules_of
from tests.core.lives.laws import ASIDE, SECRET, broken
from tests.core.lives.town import Sent, Town, later
from tests.core.values import STOCKHOLM, a_book

ANNA, STRANGER, NEW = "anna.ek@example.org", "ola.by@example.net", "anna.nya@example.org"
_FIRST = (
    f"Hej!\n\nDet är ett stort hål i asfalten vid {SECRET}.\n\nMvh\nAnna Ek",
    f"Mitt barn far illa i skolan vid {SECRET}. Jag gör en orosanmälan.",
    f"Jag vill tacka personalen vid {SECRET} för ett fantastiskt fint arbete.",
    f"Jag överklagar ert beslut om bygglov vid {SECRET}.",
    f"Bussen från {SECRET} går för sällan.",
)
_LATER = (
    f"Nu är det ännu större vid {SECRET}. När lagar ni det?",
    "Tack så mycket för hjälpen!",
    "Jag tar tillbaka min synpunkt.",
    f"Mitt barn far illa vid {SECRET}. Jag gör en orosanmälan.",
    "Ring mig i stället för att mejla.",
    "5",
)
_PLAIN = (
    "JA", "Ja tack, skicka", "Nej", "Vänta", "?", "Tack!", "1", "2", "Det här är inte mitt", "JA\nMvh\nBo",
    "Hej Anna! Vi har varit på plats och lagat hålet i dag. Hör av dig om det behövs mer.",
    "Kan du vänta till måndag?",
)  # fmt: skip
_ANSWERS = ("Hej! Nu är hålet lagat.", "Hej! Vi lagar det nästa vecka.", "Vi har svarat dig i telefon, som du ville.")
_ORDERS = (
    *(f"#SVAR\n{text}" for text in _ANSWERS), "#AVSLUTA", "#HÅLL ÖPPET",
    "#FEL HANDLÄGGARE hör hit till någon annan", "#ÅTGÄRD 1", "#PUBLICERA JA", "#PUBLICERA NEJ", "#PUBLICERA FRÅGA",
    "#SEKRETESS", "#SEKRETESS 26 kap. 1 §", "#SEKRETESS NEJ", "#MUNTLIGT i dag Jag har ringt och berättat.",
    "#BREV\nHej! Nu är hålet lagat.", "#BREV POSTAT", "#NYCKELORD hål", "#RUBRIK Hål i vägen", "#DNR KS 2026-00017",
    "#TEXT Det finns ett hål i vägen.", "#DELA Den andra delen handlar om belysningen.", "#KANAL telefon",
    f"#FRÅN Anna Ny, {NEW}", f"#ADRESS {NEW}", "#AVVISA Det är ingen synpunkt.", "#SPÄRRA Hotfulla mejl.",
    "#SPÄRRA NEJ", "#STATUS", "#LISTA", "#STATISTIK maj", "#ÅNGRA", "#HJÄLP", "#SVARA hej", "#SVAR",
)  # fmt: skip
_REPLIES = (
    "550 5.1.1 no such user",
    "552 5.2.2 mailbox full",
    "554 5.7.1 content rejected: attachment",
    "550 5.7.60 no",
)


_TOWNS = ("ekvik", "hjo", "klippan", "koping", "spanga-tensta", "stromstad")
_WAYS: dict[str, dict[str, Any]] = {
    "time to undo": {"answer": {"undo": "10 minutes"}, "close": {"mode": "on_answer"}},
    "a quiet end": {"close": {"mode": "quiet", "quiet": "5 days"}, "deadlines": {"roll": "next_working_day"}},
    "plain replies that are sent": {"answer": {"plain_reply": "send"}, "close": {"notify": True}},
    "a registrar who releases": {"answer": {"mode": "central_release"}, "triage": "registrar_first"},
}


@cache
def _book(way: str) -> RuleBook:
    """A municipality's rules as shipped, or Ekvik with another way of work."""
    return rules_of(way) if way in _TOWNS else a_book(rules_of("ekvik"), **_WAYS[way])


class Lives(RuleBasedStateMachine):
    """Cases of one town from their first mail to their disposal."""

    town: Town
    steps = 0  # of all lives

    @initialize(
        book=st.sampled_from([*_TOWNS, *_WAYS]),
        day=st.sampled_from(["2026-05-04 09:12", "2026-10-23 16:50", "2026-12-29 23:59", "2027-03-26 12:00"]),
    )
    def begins(self, book: str, day: str) -> None:
        """A municipality, on a day before a holiday, a night of summer time, or the end of the year."""
        self.town = Town(_book(book), datetime.fromisoformat(day).replace(tzinfo=STOCKHOLM).astimezone(UTC))
        people = self.town.book.people
        self.staff = [*[person.email for person in people.people[:6]], *people.registrars]
        self.town.takes_in(self.town.mail(ANNA, _FIRST[0], subject=f"Hål vid {SECRET}"))

    # --- people outside ---------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.town.cases) < 4)
    @rule(text=st.sampled_from(_FIRST))
    def somebody_writes(self, text: str) -> None:
        self.town.takes_in(self.town.mail(ANNA, text, subject=f"Om {SECRET}"))

    @precondition(lambda self: len(self.town.cases) < 4)
    @rule(text=st.sampled_from(_FIRST), contact=st.sampled_from(["email", "letter", "phone", "none", ""]))
    def somebody_fills_in_a_form(self, text: str, contact: str) -> None:
        form = Submission("Synpunkter", "Anna Ek", ANNA, "070-1", "Storgatan 1", contact, text=text)
        self.town.takes_in(self.town.mail("noreply@stad.example", text, subject="Synpunkter"), form)

    @rule(data=st.data(), text=st.sampled_from(_LATER))
    def the_submitter_writes_again(self, data: st.DataObject, text: str) -> None:
        case = self._case(data)
        who = case.submitter.email or ANNA
        letters = [s for s in self.town.post if s.letter.to == who and s.number == case.number]
        answers = self._letter(data, letters, or_none=True)
        self.town.takes_in(self.town.mail(who, text, answers=answers, number=case.number))

    @rule(data=st.data(), text=st.sampled_from(_LATER))
    def a_stranger_writes(self, data: st.DataObject, text: str) -> None:
        case = self._case(data)
        self.town.takes_in(self.town.mail(STRANGER, text, number=case.number))

    @precondition(lambda self: self.town.post)
    @rule(data=st.data(), back_in=st.sampled_from([None, 3, 40]))
    def a_machine_answers_a_letter(self, data: st.DataObject, back_in: int | None) -> None:
        sent = self._letter(data, self.town.post)
        until = self.town.book.calendar.local_date(self.town.now + timedelta(days=back_in)) if back_in else None
        text = "Jag är inte på kontoret."
        mail = self.town.mail(
            sent.letter.to, text, answers=sent, kind=Kind.AUTO_REPLY, auto_submitted=True, absence=Absence(until)
        )
        self.town.takes_in(self.town.judged(mail, Word.PASS))

    @precondition(lambda self: self.town.post)
    @rule(data=st.data(), status=st.sampled_from(["5.1.1", "5.2.2", "4.4.7"]), inside=st.booleans())
    def a_letter_bounces(self, data: st.DataObject, status: str, inside: bool) -> None:
        sent = self._letter(data, self.town.post)
        bounce = Bounce(sent.letter.to, status, "failed" if status[0] == "5" else "delayed", sent.message_id)
        mail = self.town.mail("mailer-daemon@example.org", "", kind=Kind.BOUNCE, auto_submitted=True, bounce=bounce)
        self.town.takes_in(self.town.judged(mail, Word.PASS) if inside else mail)

    # --- staff ------------------------------------------------------------------------------------------------------

    @rule(data=st.data(), text=st.sampled_from(_ANSWERS), then=st.sampled_from(["", "", "\n#AVSLUTA", "\n#ÅTGÄRD 1"]))
    def whoever_has_it_answers(self, data: st.DataObject, text: str, then: str) -> None:
        case = self._case(data)
        self._staff_write(data, case, f"#SVAR\n{text}{then}", Word.PASS)

    @rule(data=st.data(), word=st.sampled_from([Word.PASS, Word.PASS, Word.PASS, Word.NOTHING, Word.FAIL]))
    def staff_give_orders(self, data: st.DataObject, word: Word) -> None:
        orders = data.draw(st.lists(st.sampled_from((*_ORDERS, *self._own_orders())), min_size=1, max_size=3))
        aside = data.draw(st.sampled_from(["", f"\n#INTERNT {ASIDE}"]))
        self._staff_write(data, self._case(data), "\n".join(orders) + aside, word)

    @rule(data=st.data(), text=st.sampled_from(_PLAIN), word=st.sampled_from([Word.PASS, Word.PASS, Word.NOTHING]))
    def staff_write_without_orders(self, data: st.DataObject, text: str, word: Word) -> None:
        self._staff_write(data, self._case(data), text, word)

    @precondition(lambda self: any(sent.letter.nonce for sent in self.town.post))
    @rule(data=st.data(), text=st.sampled_from(_PLAIN), word=st.sampled_from([Word.PASS, Word.PASS, Word.NOTHING]))
    def a_question_is_answered(self, data: st.DataObject, text: str, word: Word) -> None:
        asked = self._letter(data, [sent for sent in self.town.post if sent.letter.nonce])
        who = asked.letter.to if data.draw(st.integers(0, 4)) else data.draw(st.sampled_from(self.staff))
        self.town.takes_in(self.town.judged(self.town.mail(who, text, answers=asked), word))

    def _staff_write(self, data: st.DataObject, case: Case, text: str, word: Word) -> None:
        """Mostly whoever has the case, in answer to a letter about it."""
        has_it = responsible(case, self.town.book)
        who = data.draw(st.sampled_from([has_it, has_it, has_it, registrar_of(case, self.town.book), *self.staff]))
        letters = [s for s in self.town.post if s.number == case.number and s.letter.to == who]
        answers = self._letter(data, letters, or_none=True)
        mail = self.town.mail(who, text, answers=answers, number=case.number)
        self.town.takes_in(self.town.judged(mail, word))

    def _own_orders(self) -> list[str]:
        """The orders that name what only this municipality has."""
        own, people = self.town.book.municipality, self.town.book.people
        listed = (("TYP", own.types), ("KATEGORI", own.categories), ("PROCESS", own.processes))
        return [
            *(f"#{word} {entry}" for word, entries in listed for entry in entries[:2]),
            *(f"#ÖVERLÄMNA {who}" for who in self.staff),
            *(f"#ÖVERLÄMNA {unit.name}" for unit in people.units[:3]),
            *(f"#SAMMA {number}" for number in self.town.cases),
            f"#FÖR KÄNNEDOM {self.staff[0]}",
            f"#FÖRSENAD {self._day(9)} vi väntar på delar",
            f"#INKOM {self._day(-3)}",
        ]

    def _day(self, days: int) -> str:
        return self.town.book.calendar.local_date(self.town.now + timedelta(days=days)).isoformat()

    # --- the world --------------------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([0.2, 1, 7, 24, 24 * 3, 24 * 8, 24 * 30, 24 * 200]))
    def time_passes(self, hours: float) -> None:
        later(self.town, hours=hours)

    @rule(days=st.integers(1, 12))
    def a_week_passes_morning_by_morning(self, days: int) -> None:
        for _ in range(days):
            local = self.town.now.astimezone(STOCKHOLM) + timedelta(days=1)
            self.town.now = local.replace(hour=8, minute=0, second=0).astimezone(UTC)
            self.town.looks_at_the_clock()
            self.the_laws_hold()

    @rule()
    def the_post_leaves(self) -> None:
        self.town.delivers()

    @precondition(lambda self: self.town.post)
    @rule(data=st.data(), reply=st.sampled_from(_REPLIES))
    def the_mail_server_refuses(self, data: st.DataObject, reply: str) -> None:
        self.town.delivers(refusing=self._letter(data, self.town.post).letter.to, reply=reply)

    @precondition(lambda self: any(sent.state == "waits" for sent in self.town.post))
    @rule(data=st.data(), is_repeated=st.booleans())
    def nobody_knows_whether_it_arrived(self, data: st.DataObject, is_repeated: bool) -> None:
        sent = self._letter(data, [sent for sent in self.town.post if sent.state == "waits"])
        self.town.doubts(sent, is_repeated=is_repeated)

    @precondition(lambda self: any(c.closed_at and not c.disposed_at and not c.hold for c in self.town.cases.values()))
    @rule()
    def old_cases_are_disposed_of(self) -> None:
        for case in [c for c in self.town.cases.values() if c.closed_at and not c.disposed_at and not c.hold]:
            self.town.disposes_of(case.number)

    # --- the laws ---------------------------------------------------------------------------------------------------

    @invariant()
    def the_laws_hold(self) -> None:
        Lives.steps += 1
        faults = list(broken(self.town))
        assert not faults, "\n".join(faults)

    def _case(self, data: st.DataObject) -> Case:
        return self.town.cases[data.draw(st.sampled_from(list(self.town.cases)), "in the case")]

    def _letter(self, data: st.DataObject, letters: list[Sent], *, or_none: bool = False) -> Any:
        """One of the latest of the letters, shown in a life by what it is and to whom it went."""
        latest = {f"{sent.letter.kind} to {sent.letter.to}": sent for sent in letters[-8:]}
        named = [*reversed(latest), *(["none"] if or_none else [])]
        return latest.get(data.draw(st.sampled_from(named), "about the letter"))
