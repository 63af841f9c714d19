"""How a citizen asks to be reached, in plain words (S22, S23, HJO-23)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.cases import Contact
from service.core.people import reach
from service.core.people.reach import read_reach

NUMBER = " 070-174 06 05"


@pytest.mark.parametrize(
    "text",
    [
        "Bara så ni vet: parkbänken vid ån är rutten. Jag vill inte bli kontaktad.",
        "Vill inte bli kontaktad",
        "Jag vill helst inte bli kontaktad av er.",
        "Jag vill inte att ni kontaktar mig.",
        "Lampan är trasig, men jag vill inte bli kontaktad.",
        "Jag behöver inget svar.",
        "Jag vill ej ha svar",
        "Jag önskar ingen återkoppling!",
        "Vi vill absolut inte ha någon kontakt.",
        "Ni behöver inte svara.",
        "Svar behövs inte",
        "Återkoppling önskas ej.",
        "Ingen återkoppling behövs.",
        "kontakta mig inte",
        "Hör inte av er till mig.",
        "Jag undanber mig kontakt.",
        "Please don't contact me.",
        "Ni behöver inte återkoppla till mig.",
        "Svara inte på det här mejlet.",
        "Jag vill slippa bli kontaktad.",
        "Önskar inte bli kontaktad.",
        "Jag vill absolut inte bli kontaktad om detta.",
        "Jag vill vara anonym och inte bli kontaktad.",
        "Kontakta mig inte, tack.",
        "Svara inte på detta mejl.",
        "Jag vill inte bli kontaktad eftersom jag är anonym.",
        "I do not want to be contacted.",
        "No need to reply.",
    ],
)
def test_s23_no_contact_is_wished(text: str) -> None:
    reach = read_reach(text)
    assert reach
    assert reach.contact is Contact.NONE


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "Mejlet är min grannes. Skicka svaret med posten: Elsa Nyman, Norra vägen 3, 123 45 Ekvik. Svara inte hit.",
            "Elsa Nyman, Norra vägen 3, 123 45 Ekvik",
        ),
        (
            "Jag vill ha svar per brev till\nElsa Nyman\nNorra vägen 3\n123 45 Ekvik",
            "Elsa Nyman, Norra vägen 3, 123 45 Ekvik",
        ),
        ("Svara gärna med brev.", ""),
        ("Jag vill helst ha svaret via post", ""),
        ("Brevsvar önskas", ""),
        ("Jag vill ha svaret i brevlådan.", ""),
        ("Jag har ingen dator så svara med vanligt brev", ""),
        ("Skriv till mig på Norra vägen 3, 123 45 Ekvik.", "Skriv till mig på Norra vägen 3, 123 45 Ekvik"),
        ("Posta svaret till: Elsa Nyman, Norra vägen 3, 123 45 Ekvik", "Elsa Nyman, Norra vägen 3, 123 45 Ekvik"),
        ("Jag vill inte ha mejl. Skicka svaret med post.", ""),
    ],
)
def test_s22_a_letter_is_wished_and_where_to(text: str, address: str) -> None:
    reach = read_reach(text)
    assert reach
    assert (reach.contact, reach.address) == (Contact.LETTER, address)


@pytest.mark.parametrize(
    "text",
    [
        "Ring mig på 070-174 06 05",
        "Kan ni ringa mig? 070-1740605",
        "Jag vill bli uppringd. Tel 0500-12 34 56",
        "Ring 070-174 06 05.",
        "Jag vill bli kontaktad per telefon 070-1740605",
        "Svara helst på telefon 070 174 06 05",
        "Kan någon av er ringa upp mig på 0701740605?",
        "Jag vill gärna att ni ringer mig, +46 70-174 06 05.",
    ],
)
def test_a_call_is_wished(text: str) -> None:
    reach = read_reach(text)
    assert reach
    assert reach.contact is Contact.PHONE
    assert reach.phone


@pytest.mark.parametrize(
    "text",
    [
        "Jag vill inte bli kontaktad av Karin igen.",
        "Jag vill inte ha svar från en robot.",
        "Jag vill inte bli kontaktad på helgen.",
        "Jag vill inte bli kontaktad via sms.",
        "Jag vill inte ha svar som inte säger något.",
        "Jag vill inte ha svar i form av en broschyr.",
        "Jag fick ett svar med brev förra gången.",
        f"Min mamma vill att ni ringer henne på{NUMBER}",
        "Jag vill inte bli uppringd på kvällen",
        f"Ring mig om ni har frågor:{NUMBER}",
        "Ring mig",
        f"Ring mig inte på{NUMBER}",
        f"Har ringt er på{NUMBER} men ingen ringer mig",
        "Ingen svarar när jag ringer 0500-100 00. Kan ni laga hålet?",
        "Jag har inget emot att bli kontaktad.",
        "Jag skrev att jag inte vill bli kontaktad men ni ringde ändå.",
        "Min granne vill inte bli kontaktad.",
        "Grannen sa ring mig på 070-174 06 05.",
        "Skylten säger ”vill inte bli kontaktad”.",
        "> Jag vill inte bli kontaktad.\nVad menar han med det?",
        "Jag vill inte bli kontaktad per telefon, återkom gärna med mejl.",
        "Varför vill ni inte svara?",
        "Jag får inget svar.",
        "Svar önskas",
        "Svara inte med brev",
        "Jag vill inte ha svar med brev",
        "Posten fungerar inte på Storgatan.",
        "Brevlådan är full, svara snälla.",
        f"Svara med brev. Ring mig på{NUMBER}.",
        "",
    ],
)
def test_in_doubt_the_answer_comes_as_usual(text: str) -> None:
    """Negations, conditions, quotations, other people's wishes, and two roads at once."""
    assert read_reach(text) is None


_PHRASES = (reach._NO_CONTACT, reach._BY_LETTER, reach._TO_ADDRESS, reach._BY_PHONE, reach._ASKS_FOR_ANSWER)


@pytest.mark.parametrize("phrases", [re.sub(r"\\b|\^|\$|\(\?=\\w\)", "", found.pattern) for found in _PHRASES])
@given(st.data())
def test_each_phrase_holds_a_word_for_which_its_sentence_is_looked_at(phrases: str, data: st.DataObject) -> None:
    assert reach._MAY_SAY.search(data.draw(st.from_regex(phrases, fullmatch=True)))
