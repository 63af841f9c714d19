"""Samples of the letters that citizens read, on paper too (see `samples`)."""

from __future__ import annotations

from typing import Any

from service.core.effects import Letter
from service.desk.writing.samplefacts import (
    ANSWER,
    DELAYED,
    HOLDS,
    NOW,
    OFFICER,
    REFERRED,
    REFUSED,
)

LETTERS: dict[str, tuple[Letter, dict[str, Any], dict[str, Any]]] = {
    "receipt": (Letter.RECEIPT, {}, {}),
    "receipt-neutral": (Letter.RECEIPT, {}, {}),
    "receipt-appeal": (Letter.RECEIPT, {}, {}),
    "receipt-stranger": (Letter.RECEIPT, {"arrived": NOW}, {"arrived": NOW}),
    "later-appeal": (Letter.ACKNOWLEDGEMENT, {"arrived": NOW}, {"arrived": NOW}),
    "acknowledgement": (Letter.ACKNOWLEDGEMENT, HOLDS, HOLDS | {"due_day": None}),
    "state": (Letter.ACKNOWLEDGEMENT, HOLDS, HOLDS | {"due_day": None}),
    "withdrawal": (Letter.ACKNOWLEDGEMENT, HOLDS, HOLDS | {"due_day": None}),
    "answer": (Letter.ANSWER, ANSWER | {"again": False, "greets": False}, ANSWER | {"again": True, "greets": False}),
    "receipt-parts": (Letter.RECEIPT, {}, {}),
    "referral": (Letter.REFERRAL, REFERRED, REFERRED),
    "refusal": (Letter.REFUSAL, REFUSED, REFUSED),
    "handover": (Letter.HANDOVER, {"first": False}, {"first": True}),
    "delay": (Letter.DELAY, DELAYED, DELAYED | {"reason": ""}),
    "closing": (Letter.CLOSING, {}, {}),
    "paper-answer": (
        Letter.LETTER,
        ANSWER | {"again": False, "greets": False},
        ANSWER | {"again": True, "greets": True},
    ),
    "paper-refusal": (
        Letter.LETTER,
        {"refused": "Det är reklam.", "officer_address": OFFICER},
        {"refused": "Det är reklam.", "officer_address": OFFICER},
    ),
    "paper-receipt": (Letter.LETTER, {}, {}),
    "paper-delay": (Letter.LETTER, DELAYED, DELAYED | {"reason": ""}),
    "paper-closing": (Letter.LETTER, {}, {}),
    "paper-referral": (Letter.LETTER, REFERRED, REFERRED),
}
