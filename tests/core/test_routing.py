from typing import Any

import pytest

from service.core.rules import grounds
from service.core.rules.routing import Facts, Route, explain, route
from service.core.rules.rulebook import RuleBook

BO, MARIA, EVA = "bo.ek@ekvik.example", "maria.lund@ekvik.example", "eva.berg@ekvik.example"


def a_book(*rules: dict[str, Any], **municipality: object) -> RuleBook:
    return RuleBook.model_validate(
        {
            "municipality": {"name": "Ekviks kommun", "case_number": {"prefix": "EKV"}, **municipality},
            "people": {
                "registrars": ["registrator@ekvik.example"],
                "departments": [{"id": "teknik", "name": "Teknik", "head": EVA}],
                "units": [
                    {"id": "gata", "name": "Gata", "department": "teknik", "manager": MARIA, "officers": [BO]},
                    {"id": "vård", "name": "Vård", "department": "teknik", "manager": MARIA, "secrecy": True},
                ],
                "people": [
                    {"email": BO, "name": "Bo Ek", "title": "gatuingenjör"},
                    {"email": MARIA, "name": "Maria Anna Lund"},
                    {"email": EVA, "name": "Eva Berg"},
                ],
            },
            "routing": {"rules": [{"name": f"regel {n}", **rule} for n, rule in enumerate(rules, start=1)]},
        }
    )


def routed(rule: dict[str, Any], **facts: Any) -> Route:
    return route(a_book(rule), Facts(**facts))


def holds(when: dict[str, Any], **facts: Any) -> bool:
    return routed({"when": when, "then": {"unit": "gata"}}, **facts).unit == "gata"


@pytest.mark.parametrize(
    ("when", "facts"),
    [
        ({"words": ["väg"]}, {"text": "Vägarna är hala"}),
        ({"words": ["väg"]}, {"subject": "Vägen"}),
        ({"words": ["gata", "väg"]}, {"text": "vägen"}),
        ({"words": "väg"}, {"text": "vägen"}),
        ({"words": "vet var * bor"}, {"text": "Jag vet var du bor"}),
        ({"words": "* väg"}, {"text": "Min väg"}),
        ({"words": "väg **"}, {"text": "Vägen, igen"}),
        ({"words": ["väg"], "not_words": ["bot"]}, {"text": "vägen"}),
        ({"subject": ["tack"]}, {"subject": "Stort tack!"}),
        ({"from": ["*@ekvik.example"]}, {"sender": "Nils@Ekvik.example"}),
        ({"to": "gator@ekvik.example"}, {"to": ("a@ekvik.example", "gator@ekvik.example")}),
        ({"channel": ["telefon", "besök"]}, {"channel": "besök"}),
        ({"language": "fi"}, {"language": "fi"}),
        ({"attachment": ["*.pdf"]}, {"attachments": ("bild.jpg", "Ritning.PDF")}),
        ({"form": {"Vad gäller det?": ["Förskola", "Skola"]}}, {"form": {"Vad gäller det": "förskola"}}),
        ({"form": {"Ort": ["Ek*"], "Typ": ["Fel"]}}, {"form": {"Ort:": "Ekvik", "Typ": "Fel"}}),
        ({}, {}),
    ],
)
def test_a_condition_holds(when: dict[str, Any], facts: dict[str, Any]) -> None:
    assert holds(when, **facts)


@pytest.mark.parametrize(
    ("when", "facts"),
    [
        ({"words": ["väg"]}, {"text": "Väggen är hal"}),
        ({"words": "vet var * bor"}, {"text": "Jag vet var bor"}),
        ({"words": "* väg"}, {"text": "Vägen min"}),
        ({"words": "väg *"}, {"text": "Min väg"}),
        ({"words": ["väg"], "not_words": ["bot"]}, {"text": "vägen", "subject": "En bot"}),
        ({"subject": ["tack"]}, {"text": "Stort tack!"}),
        ({"from": ["*@ekvik.example"]}, {"sender": "nils@ekvik.example.org"}),
        ({"to": "gator@ekvik.example"}, {}),
        ({"channel": ["telefon"]}, {"channel": "besök"}),
        ({"language": "fi"}, {}),
        ({"attachment": ["*.pdf"]}, {"attachments": ("pdf.jpg",)}),
        ({"form": {"Vad gäller det?": ["Skola"]}}, {"form": {"Vad gäller det?": "Förskola"}}),
        ({"form": {"Ort": ["Ek*"], "Typ": ["Fel"]}}, {"form": {"Ort": "Ekvik"}}),
        ({"words": ["väg"], "channel": "telefon"}, {"text": "vägen"}),
    ],
)
def test_a_condition_fails(when: dict[str, Any], facts: dict[str, Any]) -> None:
    assert not holds(when, **facts)


def test_the_first_rule_that_holds_decides() -> None:
    book = a_book(
        {"when": {"words": ["riksväg"]}, "then": {"refer": {"to": "Trafikverket", "how": "0771-921 921"}}},
        {"when": {"words": ["*väg"]}, "then": {"unit": "gata", "type": "klagomål", "category": "Vägar"}},
        {"when": {}, "then": {"unit": "vård"}},
    )
    refer = route(book, Facts(text="riksvägen")).refer
    assert refer is not None
    assert refer.to == "Trafikverket"
    found = route(book, Facts(text="byvägen"))
    assert (found.unit, found.type, found.category, found.rule) == ("gata", "klagomål", "Vägar", "regel 2")
    assert route(book, Facts(text="annat")).unit == "vård"


def test_kop_21_what_no_rule_knows_goes_to_the_registrar() -> None:
    found = route(a_book(), Facts(text="Hej"))
    assert (found.registrar, found.unit, found.officer, found.because) == (True, "", "", "no rule holds")


def test_spa_31_without_a_named_officer_the_manager_is_the_officer() -> None:
    assert routed({"when": {}, "then": {"unit": "gata"}}).officer == MARIA
    assert routed({"when": {}, "then": {"unit": "gata", "officer": BO}}).officer == BO


@pytest.mark.parametrize(
    ("text", "officer"),
    [
        ("Bo Ek svarar aldrig", MARIA),
        ("Det är Bo Eks fel", MARIA),
        ("Er gatuingenjör Bo svarar inte", MARIA),
        ("Klagomål på handläggare Bo", MARIA),
        ("Varken Bo Ek eller Maria Lund svarar", EVA),
        ("Varken Bo Ek, Maria Anna Lund eller Eva Berg svarar", ""),
        ("Maria Lund är bra", BO),
        ("Jag vill bo i Ekvik", BO),
        ("Hej Bo, det är hål i vägen", BO),
    ],
)
def test_str_07_s06_nobody_gets_a_complaint_that_names_them(text: str, officer: str) -> None:
    found = routed({"when": {}, "then": {"unit": "gata", "officer": BO}}, text=text)
    assert found.officer == officer
    assert found.registrar is (officer == "")
    assert (BO in found.because) is (officer != BO)


def test_s03_praise_reaches_the_one_it_praises() -> None:
    found = routed({"when": {}, "then": {"unit": "gata", "officer": BO, "type": "beröm"}}, text="Tack Bo Ek!")
    assert found.officer == BO


def test_results_are_passed_on() -> None:
    then = {
        "unit": "gata", "process": "felanmälan", "secrecy": True, "registrar": True, "duty": True, "public": False,
        "for_information": ["a@ekvik.example"],
    }  # fmt: skip
    found = routed({"when": {}, "then": then})
    assert (found.process, found.secrecy, found.registrar, found.duty, found.public) == (
        "felanmälan", True, True, True, False,
    )  # fmt: skip
    assert found.for_information == ("a@ekvik.example",)


@pytest.mark.parametrize(
    ("then", "secret"),
    [
        ({"unit": "vård"}, True),
        ({"unit": "vård", "secrecy": False}, False),
        ({"unit": "gata"}, False),
        ({"unit": "gata", "secrecy": True}, True),
    ],
)
def test_a_unit_may_be_secret_from_the_start(then: dict[str, Any], secret: bool) -> None:
    assert routed({"when": {}, "then": then}).secrecy is secret


def test_word_lists_count_whatever_rule_holds() -> None:
    book = a_book(
        {"when": {"words": ["väg"]}, "then": {"unit": "gata"}}, words={"secrecy": ["missbruk"], "urgent": ["gasläcka"]}
    )
    found = route(book, Facts(text="Missbruket vid vägen, och gasläckan"))
    assert (found.unit, found.secrecy, found.duty) == ("gata", True, True)
    assert "Missbruket" in found.because
    lost = route(book, Facts(text="missbruk och gasläcka"))
    assert (lost.registrar, lost.secrecy, lost.duty) == (True, True, True)


def test_the_reason_names_rule_and_words() -> None:
    found = routed({"when": {"words": ["väg", "hål"]}, "then": {"unit": "gata"}}, text="Hålen i vägarna")
    assert found.because == "rule “regel 1” on “vägarna”, “Hålen”"
    assert grounds.in_swedish(found.because) == "regeln ”regel 1” på ”vägarna”, ”Hålen”"


@pytest.mark.parametrize(
    ("written", "swedish"),
    [
        ("no rule holds; appeal: “on the road”", "ingen regel stämmer; överklagande: ”on the road”"),
        ("rule “Secret rule” on “a”; not to “on@x.se”, who is named", None),
        ("rule “x”; secrecy: “hot”; urgent: “fara”", "regeln ”x”; sekretess: ”hot”; brådskande: ”fara”"),
        ("rule “x”; threat: “dödar”", "regeln ”x”; hot: ”dödar”"),
        ("rule “x”; bo.on@rule.example is away", "regeln ”x”; bo.on@rule.example är borta"),
    ],
)
def test_the_reason_is_told_in_swedish_but_for_what_is_quoted(written: str, swedish: str | None) -> None:
    wanted = swedish or "regeln ”Secret rule” på ”a”; inte till ”on@x.se”, som nämns vid namn"
    assert grounds.in_swedish(written) == wanted


def test_a_quotation_mark_in_a_rule_or_a_mail_ends_no_quotation() -> None:
    found = routed({"name": "”A” on “B”", "when": {"words": ["väg"]}, "then": {"unit": "gata"}}, text="En väg")
    assert grounds.in_swedish(found.because) == "regeln ”'A' on 'B'” på ”väg”"


def test_an_explanation_has_every_rule_that_was_tried() -> None:
    book = a_book(
        {"when": {"channel": "telefon", "words": ["väg"]}, "then": {"unit": "vård"}},
        {"when": {"words": ["väg"], "not_words": ["bot"]}, "then": {"unit": "vård"}},
        {"when": {"words": ["väg"]}, "then": {"unit": "gata"}},
        {"when": {}, "then": {"unit": "vård"}},
    )
    explanation = explain(book, Facts(text="En bot på vägen"))
    assert explanation.route == route(book, Facts(text="En bot på vägen"))
    trail = [(t.rule, t.holds, [(c.name, c.holds, c.on) for c in t.conditions]) for t in explanation.trials]
    assert trail == [
        ("regel 1", False, [("channel", False, ())]),
        ("regel 2", False, [("words", True, ("vägen",)), ("not_words", False, ("bot",))]),
        ("regel 3", True, [("words", True, ("vägen",))]),
    ]
