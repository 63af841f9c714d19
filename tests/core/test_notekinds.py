"""What a note is of, by its first words."""

from __future__ import annotations

import pytest

from service.core.speech.notekinds import NoteKind, kind_of

NOTES = {
    NoteKind.MEETING: ("Möte med Anna 3/9.", "möte 2026-09-03: på plats", "Platsbesök i dag.", "Vi träffade Anna."),
    NoteKind.CALL_IN: (
        "Inkommande samtal från Anna.",
        "Samtal från Anna Ek.",
        "Anna ringde och undrade.",
        "Anna Ek har ringt.",
        "Hon ringde igen.",
        "Samtal in, Anna.",
        "Jag blev uppringd av Anna.",
        "Blev uppringd av Anna.",
        "Vi har blivit uppringda i dag.",
        "Har ringts upp av Anna.",
        "Leverantören har ringt.",
        "En granne har nyss ringt om hålet.",
        "Anna har ringt in.",
        "Ringde in: hålet är kvar.",
        "Anna ringde mig.",
        "I går ringde leverantören hit.",
    ),
    NoteKind.CALL_OUT: (
        "Utgående samtal.",
        "Samtal ut: Anna.",
        "- Ringde Anna.",
        "Jag har ringt upp Anna.",
        "Samtal med Anna.",
        "Jag talade med Anna i telefon.",
        "I dag ringde jag Anna.",
        "Har ringt leverantören.",
        "Har ringt upp Anna.",
        "Har nyss ringt.",
        "3/9 ringt leverantören.",
        "Nu har jag ringt leverantören.",
        "3/9 ringde jag Anna.",
        "Anna ringde jag i går.",
    ),
    NoteKind.NOTE: (
        "Häcken är kommunens.",
        "Mötesrummet är bokat av oss, ring mig.",
        "Ring Anna!",
        "Har inte ringt.",
        "Ringt leverantören.",
        "Har du ringt?",
        "Har Anna ringt?",
        "Jag ringde inte Anna.",
        "Ingen har ringt.",
        "När Anna ringde var det stängt.",
        "Anna ringde leverantören.",
        "Bo har ringt upp Anna.",
        "I dag ringde Anna.",
        "",
        "Telefonstolpen är rutten.",
    ),
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NOTES.items() for text in texts])
def test_the_first_words_say_what_a_note_is_of(kind: NoteKind, text: str) -> None:
    assert kind_of(text) is kind
