"""What stands before our own subject in an answer: a program's prefix, or another word that a program puts there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.core.mail import Absence, Kind
from service.core.reading.automatic.subjects import as_written, is_ours, names_another
from tests.core.values import BO, a_mail

OURS = "Svara senast 21 september: klagomål, Gata och park [EKV-26-00001-C]"
ASKED = "Vem har ärendet? [EKV-26-00001-C]"


@pytest.mark.parametrize(
    "subject",
    [
        "",
        OURS,
        f"Sv: {OURS}",
        f"SV: RE: {OURS}",
        f"AW: {OURS}",
        f"Sv[2]: {OURS}",
        f"Re (3) : {OURS}",
        f"[Externt] Sv: {OURS}",
        f"Sv: [Externt] [#48213] {OURS}",
        f"Sv：{OURS}",
        f"回复：{OURS}",
        f"\u200bSv: {OURS}",
        f"{OURS} [EXTERN]",
        OURS.upper(),
        f"Sv: {OURS.replace('[', '').replace(']', '')}",
        f"Sv: {OURS.replace('-', '–')}",
        f"Sv: {OURS[:40]}",
        "Hålet är lagat",
        "Hålet - lagat i dag [EKV-26-00001-C]",
        "Läste just ert mejl",
    ],
)
def test_a_persons_subject_is_ours_or_their_own(subject: str) -> None:
    assert not names_another(subject, [OURS])


@pytest.mark.parametrize(
    "subject",
    [
        f"Läst: {OURS}",
        f"Läst – {OURS}",
        f"Läst {OURS}",
        f"Läskvitto (visas) - {OURS}",
        f"Return Receipt (displayed) - {OURS}",
        f"E-post läst: {OURS}",
        f"Det gick inte att återkalla meddelandet: {OURS}",
        f"已读：{OURS}",
        f"✔ Läst: {OURS}",
        f"🔔 {OURS}",
        f"\u200bLäst: {OURS}",
        f"\u202aLäst: {OURS}",
        f"Sv: Läst: {OURS}",
        f"SV: Accepted: {OURS}",
        f"Sv: Sv: [Externt] Läst: {OURS}",
        f"[Läst] {OURS}",
        f"Bo.Ek: Läst: {OURS}",
        f'"Läst": {OURS}',
        f"Läst: {OURS[:40]}…",
        f"{OURS} (läst)",
        f"{ASKED} (läst)",
        f"🔔 {OURS[:40]}…",
        f"Vb: {OURS}",
        "Läst: Hål i vägen",
        "Läst - Hål i vägen",
        "Sv: Läskvitto (visas) - Hål i vägen",
        "Läst\uff1a Hål i vägen",
    ],
)
def test_anything_else_before_our_subject_is_doubted(subject: str) -> None:
    assert names_another(subject, [ASKED, OURS])


@pytest.mark.parametrize(
    ("subject", "another"),
    [
        ("Sv: Hål i vägen", False),
        ("Hålet - lagat i dag", False),
        ("Storgatan 14: lagat", True),
        ("Sv: Läst: Hål i vägen", True),
        ("Läst | Hål i vägen", True),
    ],
)
def test_where_no_letter_of_ours_is_known_the_words_alone_decide(subject: str, another: bool) -> None:
    assert names_another(subject) is another


MACHINES = a_mail(BO, "Hålet är lagat.", subject=f"Semester: {OURS}", kind=Kind.AUTO_REPLY, auto_submitted=True)


@pytest.mark.parametrize(
    ("changes", "asked", "persons"),
    [
        ({"by_subject": True}, False, True),
        ({"by_subject": False}, False, False),
        ({"by_subject": True, "absence": Absence()}, False, False),
        ({"by_subject": True, "new_text": " \n"}, False, False),
        ({"by_subject": True}, True, False),
        ({"by_subject": True, "subject": f"Sv: {OURS}"}, True, True),
    ],
)
def test_a_subject_alone_makes_no_machine_of_a_colleague(
    changes: dict[str, object], asked: bool, persons: bool
) -> None:
    message = replace(MACHINES, **changes)  # type: ignore[arg-type]
    found = as_written(message, [OURS], asked=asked)
    assert (found.kind, found.auto_submitted) == ((Kind.REPLY, False) if persons else (Kind.AUTO_REPLY, True))


def test_no_subject_is_ours_where_none_is_known() -> None:
    assert not is_ours(OURS, [])


@pytest.mark.parametrize(("subject", "ours"), [("Svara senast 2", True), ("Svara senast", False), (OURS[1:], False)])
def test_a_subject_that_a_program_has_cut_is_ours_while_it_is_long_enough(subject: str, ours: bool) -> None:
    assert is_ours(f"Sv: {subject}", [OURS]) is ours
