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
    ),
    NoteKind.CALL_OUT: (
        "Utgående samtal.",
        "Samtal ut: Anna.",
        "- Ringde Anna.",
        "Jag har ringt upp Anna.",
        "Samtal med Anna.",
        "Jag talade med Anna i telefon.",
        "I dag ringde jag Anna.",
    ),
    NoteKind.NOTE: (
        "Häcken är kommunens.",
        "Mötesrummet är bokat av oss, ring mig.",
        "Ring Anna!",
        "",
        "Telefonstolpen är rutten.",
    ),
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NOTES.items() for text in texts])
def test_the_first_words_say_what_a_note_is_of(kind: NoteKind, text: str) -> None:
    assert kind_of(text) is kind
