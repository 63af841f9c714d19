"""Samples of the letters that officers, managers and registrars read (see `samples`)."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from service.core.effects import Letter
from service.core.people.absence import Absent
from service.desk.writing.samplefacts import (
    ABSENCE,
    ABSENCE_OF_NOBODY,
    ANSWER,
    ARRIVED,
    ASKED,
    ASKED_ABOUT,
    AWAY,
    CHOICES,
    ECHO,
    LATE,
    LEAF,
    LEAVES,
    LISTED,
    LISTED_SECRET,
    NOTHING_ASIDE,
    NOTHING_MORE,
    NOW,
    OFFICER,
    OTHER_ROADS,
    OTHERS,
    PUBLIC,
    PUT_ASIDE,
    REGISTRAR,
    SOMEBODY_WROTE,
    SPOKEN,
    TIMES,
    TO_SORT,
    WATCHED,
)
from service.desk.writing.samplefigures import FIGURES, NO_FIGURES


def _trouble(kind: str, sort: str = "") -> dict[str, str]:
    """A trouble of the service itself, as its letter tells it."""
    box, since = "synpunkten@ekvik.example", "måndag 4 maj kl. 9.12"
    return {"kind": kind, "box": box, "since": since, "sort": sort, "last": "fredag 29 maj"}


LETTERS: dict[str, tuple[Letter, dict[str, Any], dict[str, Any]]] = {
    "answer-editor": (Letter.ANSWER, ANSWER, ANSWER),
    "joined-by": (Letter.INFORMATION, {"other": OTHERS[0], "by": "Rut Alm"}, {"other": OTHERS[0], "by": ""}),
    "joined": (Letter.INFORMATION, {"other": OTHERS[0]}, {"other": OTHERS[0]}),
    "assignment": (
        Letter.ASSIGNMENT,
        {"in_place_of": AWAY},
        {"words": "Du vet mer om det här.", "words_by": "Bo Ek"}
        | {"leaving": "Hej! Hålet är lagat.", "leaves": "kl. 10.22", "leaves_by": "Bo Ek"},
    ),
    "assignment-answered": (
        Letter.ASSIGNMENT,
        {"words": "Det är ditt område.", "words_by": "Bo Ek"},
        {"words": "", "words_by": ""},
    ),
    "assignment-secret": (Letter.ASSIGNMENT, {}, {}),
    "triage": (Letter.ASSIGNMENT, {"reason": "ingen regel stämmer", "by": OFFICER, "absent": AWAY}, {"reason": ""}),
    "unreadable": (
        Letter.ASSIGNMENT,
        {"reason": "reading it took longer than 20 s", "folder": "Karantän"},
        {"reason": "", "folder": "Karantän"},
    ),
    "unreadable-in-case": (
        Letter.INFORMATION,
        {"reason": "needs too much memory", "folder": "Karantän", "sender": "bengt.alm@example.org"},
        {"reason": "", "folder": "Sekretess", "sender": ""},
    ),
    "readable": (Letter.INFORMATION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "for-information": (Letter.INFORMATION, {}, {}),
    "duty": (Letter.ALERT, {}, {}),
    "diary-mail": (Letter.INFORMATION, {"arrived": NOW}, {}),
    "diary-answer": (Letter.INFORMATION, ANSWER, ANSWER),
    "road": (Letter.ALERT, OTHER_ROADS, OTHER_ROADS | NOTHING_MORE),
    "follow-up": (Letter.INFORMATION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "became-secret": (Letter.INFORMATION, {}, {}),
    "follow-up-secret": (Letter.INFORMATION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "comment": (Letter.INFORMATION, {"new_text": "Det tog så lång tid."}, {"new_text": ""}),
    "many": (Letter.INFORMATION, {"count": 10, "numbers": OTHERS}, {"count": 2, "numbers": OTHERS[:1]}),
    "duplicate": (
        Letter.INFORMATION,
        SOMEBODY_WROTE | {"by_form": False, "colleague": OFFICER},
        {"new_text": "", "sender": "", "by_form": True, "colleague": ""},
    ),
    "stranger": (Letter.INFORMATION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "withdrawn": (Letter.QUESTION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "staff-note": (Letter.INFORMATION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "reminder": (Letter.REMINDER, TIMES, LATE | {"next_day": None, "next_roles": ()}),
    "escalation": (
        Letter.ESCALATION,
        LATE | {"absent": AWAY},
        LATE | {"next_day": None, "next_roles": (), "waited_days": 0},
    ),
    "ask-answer": (Letter.QUESTION, ASKED, ASKED | {"reasons": ()}),
    "ask-orders": (Letter.QUESTION, ASKED, ASKED | {"answer": "", "note": "", "reasons": (), "text": "", "wishes": ()}),
    "ask-which": (
        Letter.QUESTION,
        ASKED | {"new_text": "Ja, men vänta", "why": "Under ditt ja står mer text."},
        ASKED | {"new_text": "", "why": "", "answer": ""},
    ),
    "ask-publication": (Letter.QUESTION, {"by": OFFICER}, {"by": OFFICER}),
    "ask-masked": (Letter.QUESTION, PUBLIC, PUBLIC | {"answer": ""}),
    "ask-choice": (
        Letter.QUESTION,
        ASKED | {"why": "Vi förstod inte ”#ÖVERLÄMNA Maria”.", "choices": ("Maria Lund", "Maria Ask"), "people": True},
        ASKED | {"why": "", "choices": ("Åtgärdat",), "people": False, "reasons": (), "answer": "", "wishes": ()},
    ),
    "help": (Letter.QUESTION, CHOICES, {"types": (), "categories": (), "measures": ()}),
    "ask-release": (Letter.QUESTION, ANSWER | {"publishes": True}, ANSWER | {"publishes": False}),
    "post-answer": (Letter.ALERT, ANSWER, ANSWER),
    "to-post": (Letter.LETTER, ANSWER | {"what": "answer"}, {"answer": "", "what": "delay"}),
    "blocked": (Letter.ALERT, {"by": OFFICER, "reason": "Hot mot personalen."}, {"by": OFFICER, "reason": ""}),
    "do-not-post": (Letter.INFORMATION, {}, {}),
    "answered": (Letter.INFORMATION, ANSWER | {"yours": False}, ANSWER | {"yours": True}),
    "echo": (
        Letter.ECHO,
        ECHO,
        ECHO | {"done": (), "left": ("Inget skickades.",), "missing": "", "public": None, "may_undo": False},
    ),
    "taken-in": (
        Letter.ECHO,
        {"understood": ("Kanal: telefon.",), "unclear": ("Vem är synpunktslämnaren? Svara med #FRÅN.",)},
        {"understood": (), "unclear": ()},
    ),
    "taken-back": (Letter.INFORMATION, {}, {}),
    "question": (
        Letter.QUESTION,
        CHOICES | {"faults": ("Raden ”#SVARA” är inget kommando.",), "text": "#SVARA\nDet är lagat."},
        {"faults": (), "text": "", "types": (), "categories": (), "measures": ()},
    ),
    "no-say": (Letter.QUESTION, {}, {}),
    "no-case": (
        Letter.QUESTION,
        {"numbers": (), "binder": True},
        {"numbers": ("EKV-26-00124-L", "EKV-26-00125-X"), "binder": True},
    ),
    "unproven": (Letter.ALERT, {"sender": OFFICER}, {"sender": "nobody@ekvik.example"}),
    "unproven-sender": (Letter.QUESTION, {}, {}),
    "unproven-new": (
        Letter.ALERT,
        SOMEBODY_WROTE | {"sender": OFFICER, "secret": False},
        {"new_text": "", "sender": "nobody@ekvik.example", "secret": True},
    ),
    "bounce": (
        Letter.ALERT,
        {"letter": "receipt", "failed": "bengt.alm@example.org", "status": "5.1.1"},
        {"letter": "other", "failed": "", "status": ""},
    ),
    "answer-lost": (
        Letter.ALERT,
        {"letter": "answer", "failed": "bengt.alm@example.org", "status": "550 5.1.1"},
        {"letter": "answer", "failed": "", "status": ""},
    ),
    "answer-stopped": (
        Letter.INFORMATION,
        {"by": "Maria Lund", "answer": "Hej! Hålet är lagat."},
        {"by": "", "answer": ""},
    ),
    "answer-overdue": (Letter.INFORMATION, {"answer": "Hej! Hålet är lagat."}, {"answer": ""}),
    "answer-released": (Letter.INFORMATION, {"by": "Rut Alm"}, {"by": ""}),
    "do-not-release": (Letter.INFORMATION, {"by": "Bo Ek"}, {"by": ""}),
    "answer-without-files": (
        Letter.ALERT,
        {"letter": "answer", "failed": "bengt.alm@example.org", "status": "552"},
        {"letter": "answer", "failed": "", "status": ""},
    ),
    "files-kept": (
        Letter.INFORMATION,
        {"kept": ("bilder.zip är packad, så det går inte att se vad den innehåller",)},
        {"kept": ()},
    ),
    "automatic-mail": (Letter.INFORMATION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "flood": (Letter.ALERT, {"sender": "bengt.alm@example.org", "most": 20}, {"sender": "a@example.org", "most": 1}),
    "out-of-reach": (
        Letter.ALERT,
        {"failed": OFFICER, "status": "550 5.1.1 no such user", "instead": REGISTRAR},
        {"failed": OFFICER, "status": "", "instead": ""},
    ),
    "nobody-reached": (
        Letter.ALERT,
        {"letter": "assignment", "status": "550 5.7.1 message content rejected"},
        {"letter": "other", "status": ""},
    ),
    "digest": (
        Letter.DIGEST,
        {
            "headline": "Du har två ärenden, ett är försenat",
            "first": (LISTED, LISTED_SECRET),
            "own": ({"name": "Försenade", "cases": (LISTED, LISTED_SECRET)},),
            "unrouted": (TO_SORT, TO_SORT | {"title": "", "first_line": "", "guesses": ()}),
            "units": (
                {
                    "name": "Försenade",
                    "cases": (LISTED | {"is_away": True, "away_until": date(2026, 11, 29)}, LISTED_SECRET),
                },
            ),
            "units_known": ("Gata och park", "Förskola"),
        }
        | PUT_ASIDE,
        {"headline": "Du har ett ärende", "first": (), "own": (), "unrouted": (), "units": (), "units_known": ()}
        | NOTHING_ASIDE,
    ),
    "taken-over": (
        Letter.DIGEST,
        {
            "headline": "Du har två ärenden från det tidigare systemet",
            "first": (LISTED, LISTED_SECRET),
            "own": ({"name": "Försenade", "cases": (LISTED, LISTED_SECRET)},),
        },
        {"headline": "Du har ett ärende från det tidigare systemet", "first": (), "own": ()},
    ),
    "put-aside": (
        Letter.DIGEST,
        PUT_ASIDE,
        NOTHING_ASIDE,
    ),
    "shadow": (
        Letter.DIGEST,
        WATCHED | {"mails": PUT_ASIDE["mails"], "alerts": ("En mapp i brevlådan tar inte emot mejl",)},
        WATCHED
        | {
            "last_day": None,
            "cases": (),
            "more": 0,
            "count": 0,
            "mails": (),
            "more_mails": 0,
            "letters": (),
            "alerts": (),
        },
    ),
    "status": (
        Letter.INFORMATION,
        {
            "missing": ("åtgärd", "publicering"),
            "waits": True,
            "documents": (
                {
                    "day": date(2026, 11, 22),
                    "clock": "kl. 10.12",
                    "is_in": True,
                    "kind": "feedback",
                    "who": OFFICER,
                },
                {
                    "day": date(2026, 11, 22),
                    "clock": "kl. 10.13",
                    "is_in": False,
                    "kind": "receipt",
                    "who": OFFICER,
                },
            ),
        },
        {"missing": (), "waits": False, "documents": ()},
    ),
    "list": (
        Letter.INFORMATION,
        {
            "whose": "försenade ärenden på Gata och park",
            "count": 2,
            "counted": "två ärenden",
            "groups": ({"name": "Försenade", "cases": (LISTED, LISTED_SECRET)},),
            "more": 3,
            "mine": False,
        },
        {"whose": "ärenden hos dig", "count": 0, "counted": "noll ärenden", "groups": (), "more": 0, "mine": True},
    ),
    "figures": (Letter.REPORT, FIGURES, NO_FIGURES),
    "unit-digest": (Letter.REPORT, FIGURES, NO_FIGURES),
    "ask-show": (Letter.QUESTION, {"faults": ("”majj” är ingen period som vi förstår.",)}, {"faults": ()}),
    "list-done": (Letter.ECHO, {"done": ("EKV-26-00124-M: Ärendet är överlämnat till Bo Ek.",)}, {"done": ()}),
    "ask-list": (
        Letter.QUESTION,
        {
            "waiting": ("EKV-26-00124-M: Ärendet lämnas över till Bo Ek.",),
            "unclear": (
                {
                    "number": "EKV-26-00125-P",
                    "title": "Vinglig gunga",
                    "written": "2 förskolorna",
                    "why": "”förskolorna” kan vara flera.",
                    "choices": ("Gata och park (Bo Ek)", "Trafikverket"),
                },
            ),
            "rest": "Ring mig om det andra.",
            "done": True,
        },
        {"waiting": (), "unclear": (), "rest": "", "done": False},
    ),
    "let-in": (
        Letter.ECHO,
        {"done": ("Nummer 12 är insläppt och har blivit ett ärende.",)},
        {"done": ()},
    ),
    "absent": (Letter.QUESTION, ABSENCE, ABSENCE_OF_NOBODY),
    "back": (
        Letter.QUESTION,
        {"absent": AWAY, "cases": ASKED_ABOUT, "holders": ((REGISTRAR, OTHERS),)},
        {"absent": Absent(OFFICER, ARRIVED), "cases": ASKED_ABOUT[:1], "holders": ((REGISTRAR, OTHERS[:1]),)},
    ),
    "returned": (
        Letter.INFORMATION,
        {"absent": AWAY, "numbers": OTHERS},
        {"absent": AWAY, "numbers": OTHERS[:1]},
    ),
    "moved": (
        Letter.ECHO,
        {"done": ("Ett ärende är överlämnat till Rut Alm.",), "left": ("Nya ärenden går fortfarande till Bo Ek.",)},
        {"done": (), "left": ("Inget är flyttat.",)},
    ),
    "ask-again": (
        Letter.QUESTION,
        {"why": "Vi förstod inte ditt svar.", "absent": None, "who": OFFICER, "proposed": OFFICER, "numbers": OTHERS},
        {"why": "Vi har inget förslag.", "absent": AWAY, "who": OFFICER, "proposed": "", "numbers": OTHERS[:1]},
    ),
    "no-receipt": (Letter.ALERT, {"receipt_day": date(2026, 11, 24)}, {"receipt_day": date(2026, 11, 20)}),
    "form-again": (
        Letter.INFORMATION,
        {"new_text": "Ärende 48213 är kompletterat.", "form": "E-tjänsten Synpunkten", "unconfirmed": False},
        {"new_text": "", "form": "E-tjänsten Synpunkten", "unconfirmed": True},
    ),
    "form-changed": (
        Letter.ALERT,
        {"form": "Synpunkter på webben", "missing": ("Din synpunkt", "E-post")},
        {"form": "Synpunkter på webben", "missing": ("Namn",)},
    ),
    "held-publication": (
        Letter.ALERT,
        PUBLIC,
        PUBLIC | {"found": ("synpunktslämnarens namn",), "answer": ""},
    ),
    "closed-incomplete": (Letter.ALERT, {"missing": ("typ", "kategori", "åtgärd")}, {"missing": ("publicering",)}),
    "rules-fault": (
        Letter.ALERT,
        {
            "faults": ("routing.yaml, rad 14: enheten ”gatta” finns inte",),
            "wordings": ("templates/receipt.txt, rad 3: namnet ”okand” finns inte här",),
        },
        {"faults": (), "wordings": ("templates/receipt.txt, rad 3",)},
    ),
    "rules-mended": (Letter.ALERT, {}, {}),
    "uncertain": (
        Letter.ALERT,
        {"letter": "answer", "failed": "bengt.alm@example.org"},
        {"letter": "other", "failed": "bengt.alm@example.org"},
    ),
    "spoken": (
        Letter.INFORMATION,
        SPOKEN,
        SPOKEN | {"place": None, "who": ""},
    ),
    "spoken-told": (Letter.ECHO, {"reader": REGISTRAR}, {"reader": OFFICER}),
    "binder": (Letter.INFORMATION, LEAF, LEAF | {"place": None, "leaf": dataclasses.replace(LEAF["leaf"], text="")}),
    "registered": (
        Letter.ECHO,
        {"said": "Blad 12", "done": ("Processen är klagomål.",), "left": ()},
        {"said": "Blad 12", "done": (), "left": ("”klagmål” är ingen process.",)},
    ),
    "not-registered": (
        Letter.QUESTION,
        {"why": "Blad 12 är redan ärende EKV-26-00124-M."},
        {"why": "Det finns inget sådant blad i pärmen, eller så är det gallrat."},
    ),
    "binder-list": (Letter.INFORMATION, LEAVES, LEAVES | {"leaves": (), "more": 0, "counted": "inga blad"}),
    "without-content": (Letter.ALERT, {"folder": "INBOX", "lying": 2}, {"folder": "INBOX", "lying": 1}),
    "filing": (Letter.ALERT, {"folder": "Ärenden", "reason": "[OVERQUOTA] full"}, {"folder": "Ärenden", "reason": ""}),
    "beginning": (Letter.ALERT, {"left": 214, "since": date(2026, 11, 10)}, {"left": 1, "since": date(2026, 11, 10)}),
    "stood-still": (
        Letter.ALERT,
        {
            "since": date(2026, 11, 10),
            "closed": {"count": 101, "numbers": OTHERS[:1], "more": 100},
            "stood": {"count": 2, "numbers": ("EKV-26-00124-M", "EKV-26-00125-N"), "more": 0},
        },
        {
            "since": date(2026, 11, 10),
            "closed": {"count": 0, "numbers": (), "more": 0},
            "stood": {"count": 1, "numbers": ("EKV-26-00124-M",), "more": 0},
        },
    ),
    "restored": (
        Letter.ALERT,
        {
            "noticed": False,
            "copied": "torsdag 26 november 2026 kl. 02.00",
            "mails": 14,
            "left_out": 2,
            "elsewhere": (("Sparat", 3), ("Vägar", 1)),
            "numbers": ("EKV-26-00124-M", "EKV-26-00125-N"),
            "more_numbers": 3,
            "letters": (
                {
                    "id": 812,
                    "kind": "answer",
                    "to": "a@example.org",
                    "number": "EKV-26-00124-M",
                    "day": date(2026, 11, 26),
                },
                {"id": 814, "kind": "receipt", "to": "", "number": "EKV-26-00125-N", "day": date(2026, 11, 26)},
                {"id": 815, "kind": "digest", "to": OFFICER, "number": "", "day": date(2026, 11, 26)},
            ),
            "more_letters": 2,
        },
        {
            "noticed": True,
            "copied": "torsdag 26 november 2026 kl. 02.00",
            "mails": 0,
            "left_out": 0,
            "elsewhere": (),
            "numbers": (),
            "more_numbers": 0,
            "letters": (),
            "more_letters": 0,
        },
    ),
    "checksum": (
        Letter.INFORMATION,
        {"checksum": "3f2a" * 16, "lines": 48213, "at": "tisdag 1 december 2026 klockan 07.30"},
        {"checksum": "3f2a" * 16, "lines": 1, "at": "tisdag 1 december 2026 klockan 07.30"},
    ),
    "not-moved": (Letter.ALERT, {"folder": "Sekretess", "arrived": NOW}, {"folder": "Ärenden", "arrived": NOW}),
    "credentials": (
        Letter.ALERT,
        {"is_certificate": True, "day": date(2026, 12, 24), "left": 28},
        {"is_certificate": False, "day": date(2026, 11, 24), "left": -2},
    ),
    "waiting": (Letter.ALERT, {"reason": "database or disk is full"}, {"reason": ""}),
    "service-trouble": (
        Letter.ALERT,
        {
            "begun": [
                *(_trouble("mailbox", sort) for sort in ("unreached", "certificate", "refused")),
                *(
                    _trouble(kind)
                    for kind in (
                        "login",
                        "token",
                        "letters",
                        "database",
                        "canary",
                        "disk",
                        "rules",
                        "mode",
                        "unread",
                        "lost",
                    )
                ),
            ],
            "lasting": [_trouble("config"), _trouble("credential")],
            "over": [_trouble("login")],
            "host": "synpunkten1",
        },
        {"begun": [], "lasting": [], "over": [_trouble("disk")], "host": ""},
    ),
    "canary": (Letter.CANARY, {}, {}),
    "trial": (Letter.INFORMATION, {}, {}),
    "trouble": (Letter.ALERT, {"reason": "ValueError", "folder": "Karantän"}, {"reason": "", "folder": "Karantän"}),
}
