"""Every form of the profiles that ship, filled in and sent in each of the ways that web sites write such mails."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.core.message import read
from service.core.rules.forms import Submission, read_form
from service.core.rules.rulebook import Form, Layout, RuleBook
from service.rulesfolder import load

RULES = Path(__file__).parent.parent / "rules"
BOOKS = {folder.name: load(folder) for folder in sorted(RULES.iterdir()) if folder.is_dir()}
FORMS = [(name, form) for name, book in BOOKS.items() for form in book.forms if form.layout is Layout.FIELDS]
GIVEN = {
    "text": "Grinden går inte att stänga.\nObs: barnen springer ut!\n\nTack: hoppas ni hinner.",
    "heading": "Grinden",
    "topic": "Förskola",
    "name": "Petra Holm",
    "email": "petra@example.org",
    "phone": "070-174 06 05",
    "address": "Norra vägen 3",
    "postcode": "123 45 Ekvik",
    "page": "https://www.kommun.example/forskola",
    "ip": "192.0.2.44",
}
WAYS = {
    "same line": ("{0}: {1}\n", "{0}"),
    "line above": ("{0} *\n{1}\n\n", "{0}"),
    "table": ("<tr><td>{0} (obligatoriskt)</td><td>{1}</td></tr>", "<table>{0}</table>"),
    "paragraphs": ("<p><strong>{0}</strong><br>{1}</p>", "<h1>Nytt svar</h1>{0}"),
}


def sent(form: Form, book: RuleBook, way: str) -> Submission | None:
    row, around = WAYS[way]
    answers = dict.fromkeys(form.others, "Ett svar till")
    for key, label in form.fields_.model_dump(exclude_none=True).items():
        if key == "contact":
            answers[label] = next(iter(form.contact))
        else:
            answers[label] = book.municipality.types[0] if key == "type" else GIVEN[key]
    is_html = "<" in row
    rows = (row.format(label, text.replace("\n", "<br>") if is_html else text) for label, text in answers.items())
    sender, subject = form.from_[0].written, form.subject[0].written.replace("*", " 17")
    kind = "html" if is_html else "plain"
    subject = f"=?utf-8?q?{subject.replace(' ', '_')}?="
    head = f"From: {sender}\nSubject: {subject}\nContent-Type: text/{kind}; charset=utf-8\n\n"
    return read_form(book, read((head + around.format("".join(rows))).encode()))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "form"), FORMS, ids=lambda value: getattr(value, "name", value))
def test_kop_13_kli_15_spa_13_hjo_49_str_08_a_form_is_read_whole(name: str, form: Form, way: str) -> None:
    found = sent(form, BOOKS[name], way)
    assert found
    assert found.form == form.name
    labels = form.fields_.model_dump(exclude_none=True)
    for key in {"text", "heading", "topic", "name", "email", "phone", "page", "ip"} & labels.keys():
        assert getattr(found, key) == GIVEN[key], key
    if "address" in labels:
        assert found.address == ", ".join(GIVEN[key] for key in ("address", "postcode") if key in labels)
    assert found.contact == (next(iter(form.contact.values())).value if form.contact else "")
    assert {found.answers[label] for label in form.others} <= {"Ett svar till"}
