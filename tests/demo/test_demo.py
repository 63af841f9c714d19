"""The demo tells its whole story in every shipped routine, over its own mail servers, and leaves what it promises."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
import typer
from structlog.testing import capture_logs

from service import config
from service.cli import demo as command
from service.core.cases import Status
from service.core.effects import Letter
from service.core.message import Kind, read
from service.demo import photo, results, screen, stage
from service.demo.clients import ZONE, Received, outlook_reply, phone_reply
from service.demo.scenes import Playing
from service.demo.scripts import SCRIPTS
from service.demo.scripts.people import ANNA
from service.demo.stage import Changed, Happening, Posted, Unanswered, Written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from service.core.cases import Case


@dataclass
class Told:
    """A demo that has been played: what happened, the register at the end, and the folder."""

    happenings: list[Happening]
    cases: list[Case]
    folder: Path
    sent: list[stage.Letter]
    given: results.Results

    @property
    def letters(self) -> list[tuple[str, str]]:
        return [(letter.kind, letter.to.partition("@")[0]) for letter in self.sent]

    @property
    def lines(self) -> list[str]:
        """What happened: who wrote, which letter went to whom, what became of a case."""
        return [_line(h) for h in self.happenings]

    def after(self, what: str) -> list[Happening]:
        """What happened because of the mail whose line begins so, up to the next mail."""
        told = [str(getattr(h, "what", "")) for h in self.happenings]
        start = next(i for i, line in enumerate(told) if line.startswith(what))
        end = next((i for i in range(start + 1, len(told)) if told[i]), len(told))
        return self.happenings[start + 1 : end]


def _line(happening: Happening) -> str:
    match happening:
        case Written(what=what):
            return what
        case Posted(letter=letter):
            return f"{letter.kind} {letter.to.partition('@')[0]} {letter.subject}"
        case Changed(at=at, case=case):
            return f"{case.number[:-2]} {case.status} {at.astimezone(ZONE):%Y-%m-%d}"
        case Unanswered():
            return "nobody is answered"


def play(folder: Path, municipality: str) -> Told:
    happenings: list[Happening] = []
    script = SCRIPTS[municipality]
    with stage.stage(folder, municipality, script.begins, happenings.append) as playing:
        Playing(playing).play(script)
        given = results.results(playing, script.period)
        return Told(happenings, playing.register(), folder, playing.letters, given)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return play(tmp_path_factory.mktemp("demo") / "ekvik", "ekvik")


def test_every_letter_in_order(told: Told) -> None:
    assert told.letters == [
        ("receipt", "anna.ek"),
        ("assignment", "bo.ek"),
        ("receipt", "leila.nordin"),
        ("assignment", "anna.kvist"),
        ("receipt", "gunnar.sandell"),
        ("assignment", "registrator"),
        ("assignment", "erik.palm"),
        ("handover", "gunnar.sandell"),
        ("echo", "registrator"),
        ("answer", "anna.ek"),
        ("echo", "bo.ek"),
        ("information", "anna.ek"),
        ("information", "bo.ek"),
        ("answer", "anna.ek"),
        ("echo", "bo.ek"),
        ("question", "erik.palm"),
        ("answer", "gunnar.sandell"),
        ("echo", "erik.palm"),
        ("reminder", "anna.kvist"),
        ("reminder", "anna.kvist"),
        ("reminder", "anna.kvist"),
        ("escalation", "karin.ahl"),
        ("answer", "leila.nordin"),
        ("echo", "anna.kvist"),
        ("report", "controller"),
        ("information", "registrator"),
    ]


def test_the_photo_reaches_the_officer(told: Told) -> None:
    [assignment] = [h.letter for h in told.happenings if isinstance(h, Posted) and h.letter.files]
    assert (assignment.kind, assignment.files) == ("assignment", ("IMG_2041.jpg",))
    assert photo.pothole() in [part.get_content() for part in mail(assignment.raw).iter_attachments()]


def test_what_the_citizen_reads_is_the_officers_words_alone(told: Told) -> None:
    answers = [h.letter.received.text for h in told.happenings if isinstance(h, Posted) and h.letter.kind == "answer"]
    assert len(answers) == 4
    for answer, words in zip(answers, ("lagade hålet", "varningsskylt", "Scenen", "Låset"), strict=True):
        assert words in answer
        assert "#" not in answer
        assert "Skickat:" not in answer
        assert "> " not in answer


def test_the_officer_s_signature_is_no_note(told: Told) -> None:
    echoes = [h.letter.received.text for h in told.happenings if isinstance(h, Posted) and h.letter.kind == "echo"]
    assert echoes
    assert not any("antecknad" in echo for echo in echoes if "förseningen" not in echo)


def test_a_reminder_names_everybody_who_hears_of_it_next(told: Told) -> None:
    reminder = next(h.letter for h in told.happenings if isinstance(h, Posted) and h.letter.kind == "reminder")
    assert "17 mars 2026 får du och din chef ett mejl om det" in reminder.received.text


def test_the_register_says_how_it_ended(told: Told) -> None:
    hole, gate, singing = told.cases
    assert [c.status for c in told.cases] == [Status.CLOSED, Status.CLOSED, Status.ANSWERED]
    assert (hole.title, hole.measure, hole.type) == ("Hål i vägen", "Åtgärdat", "klagomål")
    assert gate.late_reason == "Jag var sjuk och ingen tog över ärendet."
    assert singing.officer == "erik.palm@ekvik.example"


def test_every_mail_is_left_as_a_file_that_a_person_finds(told: Told) -> None:
    names = sorted(path.name for path in (told.folder / "mejl").iterdir())
    mails = sum(isinstance(h, Posted | Written) for h in told.happenings)
    assert [name[:3] for name in names] == [f"{n:03}" for n in range(1, mails + 1)]
    assert names[:4] == [
        "001-in-anna-ek-hal-i-vagen.eml",
        "002-ut-receipt-anna-ek-vi-har-tagit-emot-din-synpunkt.eml",
        "003-ut-assignment-bo-ek-svara-senast-16-mars-klagomal-gata-och-p.eml",
        "004-in-webbformular-synpunkter-och-klagomal.eml",
    ]


def test_the_configuration_that_is_left_opens_the_register_that_is_left(told: Told) -> None:
    settings = config.load(told.folder / "synpunkten.yaml")
    assert settings.database == f"sqlite:///{told.folder / 'synpunkten.db'}"
    assert (told.folder / "synpunkten.db").stat().st_size
    assert settings.warnings == ()


@pytest.mark.parametrize(
    ("municipality", "shown"),
    [
        (
            "koping",
            [
                "Registratorn, Tekniska förvaltningen svarar: JA",  # KOP-21
                "assignment omar.hall Svara senast 9 mars: Gatuenheten",  # KOP-10: five working days
                "Omar Hall svarar Anna Ek direkt, med kopia hit",  # KOP-26
                "KOP-26-00002 closed 2026-04-01",  # KOP-27: three weeks after the answer
                "report greta.holm Statistik för halvår 1 2026",  # KOP-18
            ],
        ),
        (
            "klippan",
            [
                "assignment sekr.social Nytt ärende med sekretess att besvara senast 16 mars",  # KLI-13
                "question kundtjanst Ett svar väntar på att du skickar det",  # KLI-20
                "Kundtjänst släpper svaret: JA",
                "answer anna.ek Svar på din synpunkt",
                "report bengt.ask",  # KLI-28
            ],
        ),
        (
            "spanga-tensta",
            [
                "assignment vera.lund Svara senast 13 mars: Parker och stadsmiljö",  # SPA-24, SPA-29: fourteen days
                "SPA-26-00001 closed 2026-03-03",  # SPA-22: an oral answer closes it
                "escalation gosta.park",  # SPA-32
                "report namndsekreterare Statistik för tertial 1 2026",  # SPA-28
            ],
        ),
        (
            "hjo",
            [
                "letter registrator En bekräftelse att posta",  # HJO-35
                "Disa Penna utser handläggaren: JA",  # HJO-02
                "Sixten Grus svarar: #AVSLUTA",
                "Disa Penna bestämmer: #PUBLICERA JA",  # HJO-33
                "HJO-26-00001 closed 2026-03-10",
                "report alva.boj Statistik för halvår 1 2026",  # HJO-11
            ],
        ),
        (
            "stromstad",
            [
                "information liv.sten Anonym synpunkt för kännedom",  # STR-18
                "information tor.grus Muntlig synpunkt för kännedom",  # STR-10
                "closing leila.nordin Ditt ärende är avslutat",  # STR-17
                "report astrid.klippa Statistik för 2026",  # STR-22
            ],
        ),
    ],
)
def test_each_municipality_shows_its_own_routine(municipality: str, shown: list[str], tmp_path: Path) -> None:
    told = play(tmp_path, municipality)
    rest = iter(told.lines)
    for each in shown:
        assert any(line.startswith(each) for line in rest), f"{each}\n" + "\n".join(told.lines)
    assert all(case.status in {Status.ANSWERED, Status.CLOSED} for case in told.cases)
    assert not {"alert", "referral"} & {kind for kind, _ in told.letters}
    secret = {case.number for case in told.cases if case.secrecy}
    inside = [letter.received.subject + letter.received.text for letter in told.sent if letter.number in secret]
    assert not any(word in text for text in inside for word in ("försörjningsstöd", "insulin"))


def test_s32_nothing_answers_the_automatic_reply(told: Told) -> None:
    check_nothing_answers_the_automatic_reply(told)


def check_nothing_answers_the_automatic_reply(told: Told) -> None:
    [happening] = told.after("Gunnar Sandells autosvar")
    assert isinstance(happening, Unanswered)
    assert not any(isinstance(h, Changed) for h in told.after("Gunnar Sandells autosvar"))


def test_it_ends_with_the_report_and_a_public_page_that_it_names(told: Told) -> None:
    assert "halvår 1 2026" in (told.folder / "rapport.html").read_text("utf-8")
    [line] = told.given.published
    page = told.folder / line.partition("(")[2].rstrip(")")
    assert "Låset på grinden är bytt" in page.read_text("utf-8")
    assert "Leila" not in page.read_text("utf-8")


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def quiet_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(command.logs, "set_up", lambda *_: None)
    with capture_logs():
        yield


@pytest.mark.usefixtures("quiet_logs")
def test_the_timeline_tells_what_happened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.demo(keep=tmp_path / "kept", municipality="ekvik")
    shown = capsys.readouterr().out
    lines = [line.rstrip() for line in shown.splitlines()]
    for expected in (
        "Måndag 2 mars 2026",
        "mån 2 mars 09.12  → Anna Ek skriver: Hål i vägen (foto)",
        "mån 2 mars 09.12  ← Bekräftelse till Anna Ek: svar senast måndag 16 mars",
        "tis 17 mars 07.30 ← ESKALERING till Karin Ahl: Försenat sedan 16 mars: Förskola",
        "Statistik för halvår 1 2026: kom in 3, besvarade i tid 2, sena 1 (rapport.html)",
        "På webben: ”Grinden till gården på förskolan Myran går inte att stänga” med svaret, utan namn (webb/arende/",
        f"case show {number_of(shown)} --config {tmp_path / 'kept' / 'synpunkten.yaml'}",
    ):
        assert any(expected in line for line in lines), expected
    assert max(map(len, lines[: lines.index("Registret") + 3])) == 100
    assert "\x1b" not in shown


def test_the_timeline_has_a_word_for_every_kind_of_letter() -> None:
    assert set(screen.LETTERS) == {letter.in_mail for letter in Letter}


def number_of(shown: str) -> str:
    return next(word for word in shown.split() if word.startswith("EKV-26-00001-"))


@pytest.mark.usefixtures("quiet_logs")
def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(typer.BadParameter, match="not empty"):
        command.demo(keep=tmp_path, municipality="ekvik")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


# --- mails as programs write them -------------------------------------------------------------------------------------

LETTER = Received(
    to="bo.ek@ekvik.example",
    subject="Nytt ärende [EKV-26-00001-C]",
    text="Hej Bo Ek,\n\nDu ansvarar för ett ärende.\n\n    #SVAR\n    Här skriver du.",
    message_id=f"<{'a' * 90}@ekvik.example>",
    references="<EKV-26-00001-C@ekvik.example>",
    sender="Ekviks kommun – Synpunkten <synpunkten@ekvik.example>",
    at=stage.Clock.at("2026-03-02 09:12").now,
)


@pytest.mark.parametrize("reply", [outlook_reply, phone_reply], ids=["outlook", "phone"])
def test_replies_are_read_as_what_was_written_above_the_letter(reply: type) -> None:
    message = read(reply(ANNA, LETTER, "#SVAR\nHålet är lagat.", stage.Clock.at("2026-03-03 08:41").now))
    assert message.kind is Kind.REPLY
    assert message.new_text == "#SVAR\nHålet är lagat."
    assert message.in_reply_to == LETTER.message_id
    assert message.references == (LETTER.references, LETTER.message_id)
    assert message.warnings == ()


def test_the_photo_is_a_whole_jpeg_of_640_by_480() -> None:
    jpeg = photo.pothole()
    assert jpeg.startswith(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    assert jpeg.endswith(b"\xff\xd9")
    at = jpeg.index(b"\xff\xc0") + 5
    assert (int.from_bytes(jpeg[at : at + 2], "big"), int.from_bytes(jpeg[at + 2 : at + 4], "big")) == (480, 640)


def mail(raw: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed
