import dataclasses

import pytest

from service.core.message import Address, Message, read
from service.core.rules.forms import Submission, read_form
from service.core.rules.rulebook import RuleBook

WEB = {
    "name": "Webben",
    "from": "noreply@ekvik.example",
    "subject": "Synpunkter*",
    "fields": {
        "text": "Din synpunkt", "topic": "Vad gäller det?", "contact": "Vill du ha svar?", "name": "Namn",
        "email": "E-post", "phone": "Telefon", "page": "Sidans adress", "ip": "IP-adress", "address": "Gatuadress",
        "postcode": "Postnummer och ort", "type": "Typ av synpunkt",
    },
    "others": ["Stadsdel"],
    "types": {"Jag vill berömma": "beröm"},
    "contact": {
        "Ja, via e-post": "email", "E-post": "email", "Ja, med brev": "letter", "Ja, ring": "phone", "Nej": "none",
    },
}  # fmt: skip
COMMENT = {
    "name": "Sidkommentar",
    "from": "noreply@ekvik.example",
    "subject": "Kommentar*",
    "channel": "sidkommentar",
    "type": "fråga",
    "fields": {"text": "Kommentar", "page": "Sida", "email": "E-post"},
}
LINK = {"name": "E-tjänsten", "from": "noreply@ekvik.example", "subject": "Nytt ärende*", "layout": "link"}
MAP = {
    "name": "Kartan",
    "from": "*@karta.example",
    "layout": "sections",
    "process": "felanmälan",
    "fields": {
        "heading": "Ärende", "topic": "Kategori", "name": "Namn", "email": "Epost", "reference": "ID",
        "latitude": "Latitude", "longitude": "Longitude", "position": "Plats",
    },
}  # fmt: skip
BOOK = RuleBook.model_validate(
    {
        "municipality": {"name": "Ekviks kommun", "case_number": {"prefix": "EKV"}},
        "people": {"registrars": ["registrator@ekvik.example"]},
        "forms": [WEB, COMMENT, LINK, MAP],
    }
)
NOTHING = read(b"\n")


def a_mail(text: str, subject: str = "Synpunkter och klagomål", sender: str = "noreply@ekvik.example") -> Message:
    return dataclasses.replace(NOTHING, sender=Address("", sender), subject=subject, text=text)


def submitted(text: str, subject: str = "Synpunkter och klagomål", sender: str = "noreply@ekvik.example") -> Submission:
    form = read_form(BOOK, a_mail(text, subject, sender))
    assert form is not None
    return form


WORDS = "Grinden går inte att stänga.\nObs: barnen springer ut!\n\nNamn: så heter ingen grind.\nTack"
FILLED_IN = {
    "Vad gäller det?": "Förskola",
    "Din synpunkt": WORDS,
    "Vill du ha svar?": "Ja, via e-post",
    "Namn": "Petra Holm",
    "E-post": "petra@example.org",
    "Telefon": "",
    "IP-adress": "192.0.2.44",
}
FOOT = "\n\nMed vänlig hälsning\nEkviks kommun\nTelefon: 0980-319 200\nE-post: kommun@ekvik.example\n"


@pytest.mark.parametrize(
    "line",
    [
        "{0}: {1}\n", "{0}\n{1}\n", "{0}\n{1}\n\n", "{0}:\n\n{1}\n\n", "{0}:\n    {1}\n", "{0}*: {1}\n", "{0} *\n{1}\n",
        "{0} (obligatoriskt)\n{1}\n", "{0} (obligatoriskt): {1}\n", "{0} (valfritt)\n{1}\n", "- {0}: {1}\n",
        "* {0}\n{1}\n", "*{0}*\n{1}\n", "*{0}:* {1}\n", "1. {0}\n{1}\n", "[{0}]\n{1}\n", "{0}\n-----\n{1}\n\n",
        "{0}....: {1}\n", "{0} - {1}\n", "{0} = {1}\n", "{0}\t{1}\n", "{0};{1}\n", "> {0}: {1}\n", "| {0} | {1} |\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("foot", ["", FOOT])
def test_s14_every_way_to_write_label_and_answer(line: str, foot: str) -> None:
    """What stands around a label is ornament, and neither the text nor the end of the mail holds an answer."""
    form = submitted("Nytt svar i formuläret\n\n" + "".join(line.format(*each) for each in FILLED_IN.items()) + foot)
    assert form.text == WORDS
    assert (form.topic, form.contact, form.name) == ("Förskola", "email", "Petra Holm")
    assert (form.email, form.phone, form.ip) == ("petra@example.org", "", "192.0.2.44")


@pytest.mark.parametrize(
    "words", [WORDS, "Grinden. " + "Den går inte att stänga. " * 12 + "Tack!\n\nObs: barnen springer ut!"]
)
@pytest.mark.parametrize(
    ("row", "around"),
    [
        ("<tr><td>{0}</td><td>{1}</td></tr>", "<table>{0}</table>"),
        ("<tr><th>{0}:</th><td>{1}</td></tr>", "<table>{0}</table>"),
        ("<tr><td><b>{0}</b> <span>*</span></td><td>{1}</td></tr>", "<table>{0}</table>"),
        ("<tr><td>{0} (obligatoriskt)</td><td>{1}</td></tr>", "<table>{0}</table>"),
        ("<tr><td><b>{0}</b></td></tr><tr><td>{1}</td></tr>", "<table>{0}</table>"),
        ("<tr><td>{0}</td><td>{1}</td></tr>", "<table><tr><td><table>{0}</table></td></tr></table>"),
        ("<dt>{0}</dt><dd>{1}</dd>", "<dl>{0}</dl>"),
        ("<li>{0}: {1}</li>", "<ul>{0}</ul>"),
        ("<p><strong>{0}</strong><br>{1}</p>", "{0}"),
        ("<p><strong>{0}:</strong> {1}</p>", "{0}"),
        ("<h3>{0}</h3><p>{1}</p>", "<h1>Nytt svar</h1>{0}"),
    ],
)
def test_s14_every_way_to_lay_it_out_in_html(row: str, around: str, words: str) -> None:
    """A question stands beside the first line of its answer, however many lines that has."""
    html = {label: answer.replace("\n", "<br>") for label, answer in (FILLED_IN | {"Din synpunkt": words}).items()}
    page = around.format("".join(row.format(*each) for each in html.items()))
    head = b"From: noreply@ekvik.example\nSubject: Synpunkter\nContent-Type: text/html; charset=utf-8\n\n"
    form = read_form(BOOK, read(head + page.encode()))
    assert form
    assert form.text == words
    assert (form.topic, form.contact, form.name) == ("Förskola", "email", "Petra Holm")
    assert (form.email, form.phone, form.ip) == ("petra@example.org", "", "192.0.2.44")


def test_s14_labels_and_answers_on_lines_of_their_own() -> None:
    form = submitted(
        "Vad gäller det?\nSkola\nDin synpunkt\nStaketet vid Ekskolan är sönder.\n\nObs: det är vasst!\n"
        "Vill du ha svar?\nJa, via e-post\nNamn\nMy Berg\nE-post\nmy.berg@example.org\n"
        "Sidans adress: https://www.ekvik.example/skola\nIP-adress: 192.0.2.7\n"
    )
    assert form.form == "Webben"
    assert form.text == "Staketet vid Ekskolan är sönder.\n\nObs: det är vasst!"
    assert (form.topic, form.contact, form.name, form.email) == ("Skola", "email", "My Berg", "my.berg@example.org")
    assert (form.page, form.ip) == ("https://www.ekvik.example/skola", "192.0.2.7")
    assert form.answers["Vad gäller det?"] == "Skola"


def test_labels_with_colons_in_any_case_and_further_questions() -> None:
    form = submitted(
        "NAMN: My\nDin  synpunkt: Först.\nSedan: mer.\nStadsdel: Norr\nTelefon: 070-174 06 10\nVill du ha svar? Nej"
    )
    assert (form.name, form.text, form.phone, form.contact) == ("My", "Först.\nSedan: mer.", "070-174 06 10", "none")
    assert form.answers["Stadsdel"] == "Norr"


def test_a_table_that_became_text() -> None:
    form = submitted(
        "Vad gäller det?   Skola\nDin synpunkt      Staketet\n                  är sönder\n"
        "| Namn | My |\nE-post\tmy@example.org"
    )
    assert (form.topic, form.text, form.name, form.email) == ("Skola", "Staketet\när sönder", "My", "my@example.org")


def test_a_label_inside_the_text_does_not_end_it() -> None:
    form = submitted("Namn\nMy\nDin synpunkt\nNamnet på gatan är fel.\nNamn: Ekgatan\nE-post\nmy@example.org")
    assert form.text == "Namnet på gatan är fel.\nNamn: Ekgatan"
    assert (form.name, form.email) == ("My", "my@example.org")


@pytest.mark.parametrize("empty", ["Namn\nE-post\n", "Namn:\nE-post:\n", "Namn: -\nE-post: Ej angivet\n", ""])
def test_s05_nobody_is_made_up_for_an_anonymous_form(empty: str) -> None:
    form = submitted(f"{empty}Din synpunkt\nDet luktar vid bryggan.")
    assert (form.name, form.email, form.contact, form.text) == ("", "", "", "Det luktar vid bryggan.")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("my@example.org", "my@example.org"),
        ("My <my@example.org>", "my@example.org"),
        ("my@example.org (mailto:my@example.org)", "my@example.org"),
        ("har ingen", ""),
        ("my@", ""),
    ],
)
def test_the_submitter_s_address_is_taken_from_its_answer(written: str, address: str) -> None:
    assert submitted(f"E-post: {written}").email == address


@pytest.mark.parametrize(("answer", "contact"), [("ja,  med BREV", "letter"), ("Ja, ring", "phone"), ("Kanske", "")])
def test_the_wish_for_contact(answer: str, contact: str) -> None:
    assert submitted(f"Vill du ha svar?\n{answer}").contact == contact


def test_a_choice_that_is_also_a_label() -> None:
    form = submitted("Vill du ha svar?\nE-post\nNamn\nMy Berg\nE-post\nmy.berg@example.org\n")
    assert (form.contact, form.name, form.email) == ("email", "My Berg", "my.berg@example.org")


def test_kop_12_a_comment_keeps_its_page() -> None:
    form = submitted("Kommentar: Fel öppettider!\nSida: https://www.ekvik.example/bad", subject="Kommentar på sidan")
    assert (form.form, form.text, form.page) == ("Sidkommentar", "Fel öppettider!", "https://www.ekvik.example/bad")


@pytest.mark.parametrize("subject", ["Nytt ärende Synpunkten (ärende nr. 77120)", "Nytt ärendenummer: 77120"])
def test_s15_a_link_and_the_other_system_s_number(subject: str) -> None:
    form = submitted("My Berg har fyllt i. Läs: https://e.ekvik.example/a/77120.", subject=subject)
    assert (form.external_ref, form.link) == ("77120", "https://e.ekvik.example/a/77120")
    assert (form.name, form.email, form.text) == ("", "", "")


@pytest.mark.parametrize("number", ["KCH-2026-1234", "2026-1234", "SYN/2026-17"])
def test_s15_a_number_with_a_series_is_kept_whole(number: str) -> None:
    subject = f"Nytt ärende Synpunkter (ärende nr. {number})"
    assert submitted("Läs: https://e.ekvik.example/a/1.", subject=subject).external_ref == number


def test_s16_sections_with_a_place() -> None:
    form = submitted(
        "** Uppgiftslämnare\nNamn: Leo Alm\nEpost: leo@example.org\n** Information om ärendet\nID: 4711\n"
        "Kategori: Belysning\nÄrende: Trasig stolpe\nDen lutar.\n\nVar: vid skolan\n** Position\n"
        "Latitude: 59,5\nLongitude: 15.9\nhttps://karta.example/4711",
        subject="Ny rapport",
        sender="rapport@karta.example",
    )
    assert (form.name, form.email, form.external_ref, form.topic) == ("Leo Alm", "leo@example.org", "4711", "Belysning")
    assert (form.heading, form.text) == ("Trasig stolpe", "Den lutar.\n\nVar: vid skolan")
    assert form.link == "https://karta.example/4711"


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [("59,5", "15.9", (59.5, 15.9)), ("91", "15", None), ("norr", "15", None), ("", "", None)],
)
def test_coordinates(latitude: str, longitude: str, place: tuple[float, float] | None) -> None:
    text = f"Ärende: Stolpe\nLatitude: {latitude}\nLongitude: {longitude}"
    assert submitted(text, sender="a@karta.example").coordinates == place


@pytest.mark.parametrize(
    ("subject", "sender"),
    [
        ("Synpunkter", "noreply@ekvik.example.org"),
        ("Sv: Synpunkter", "noreply@ekvik.example"),
        ("Synpunkter", "my@example.org"),
    ],
)
def test_other_mail_is_no_form(subject: str, sender: str) -> None:
    assert read_form(BOOK, a_mail("Namn: My", subject, sender)) is None


def test_mail_without_a_sender_is_no_form() -> None:
    assert read_form(BOOK, NOTHING) is None


@pytest.mark.parametrize(
    ("chosen", "kind"),
    [("Klagomål", "klagomål"), ("FÖRSLAG", "förslag"), ("Jag vill berömma", "beröm"), ("Skit i det", ""), ("", "")],
)
def test_the_type_that_was_chosen_where_the_municipality_has_it(chosen: str, kind: str) -> None:
    """What somebody wrote in the form becomes no word of the municipality's."""
    assert submitted(f"Typ av synpunkt: {chosen}\nDin synpunkt: Grinden.").type == kind


def test_hjo_49_postcode_and_town_join_the_address() -> None:
    form = submitted("Gatuadress: Norra vägen 3\nPostnummer och ort: 123 45 Ekvik\nDin synpunkt: Grinden.")
    assert form.address == "Norra vägen 3, 123 45 Ekvik"
    assert submitted("Postnummer och ort: 123 45 Ekvik").address == "123 45 Ekvik"
    assert (
        submitted("Gatuadress\nNorra vägen 3\n123 45 Ekvik\nDin synpunkt\nHej").address == "Norra vägen 3, 123 45 Ekvik"
    )


def test_kli_10_what_all_mails_of_a_form_are() -> None:
    comment = submitted("Kommentar: Hej", subject="Kommentar på sidan")
    assert (comment.channel, comment.type, comment.process) == ("sidkommentar", "fråga", "")
    report = submitted("Ärende: Lampan", sender="x@karta.example")
    assert (report.channel, report.type, report.process) == ("webbformulär", "", "felanmälan")


@pytest.mark.parametrize(
    ("written", "position"),
    [
        ("59.51234, 15.99", "59.51234, 15.99"),
        ("59,51234 / 15,99", "59.51234, 15.99"),
        ("https://karta.example/?lat=59.51&lon=15.99", "59.51, 15.99"),
        ("vid skolan", ""),
        ("", ""),
    ],
)
def test_s16_a_place_in_one_answer(written: str, position: str) -> None:
    assert submitted(f"Ärende: Lampan\nPlats: {written}", sender="x@karta.example").position == position
