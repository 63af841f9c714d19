"""New text: history, signatures and banners go, a sentence that the sender wrote never does."""

# ruff: noqa: E501 - the mails stand as programs write them, one line each

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.reading.history import quotes, quotes_text
from service.core.reading.history.quotes import REPLY_MARKER, fresh

ANSWER = "Det är lampan närmast bron.\nDen blinkar hela natten."
ASKED = "Hej!\n\nVilken lampa gäller det?\n\nMed vänlig hälsning\nBo Ek\nEkviks kommun"
ADDRESS = "Synpunkten Ekvik <synpunkten@ekvik.example>"


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


OUTLOOK_SV = f"Från: {ADDRESS}\nSkickat: den 12 november 2026 09:12\nTill: Gun Al <gun.al@example.org>\nÄmne: Lampan [EKV-26-00123-K]"

# --- each program's way to introduce what follows unmarked ------------------------------------------------------------

UNMARKED = {
    "Outlook desktop": f"\n{OUTLOOK_SV}\n\n{ASKED}",
    "Outlook desktop, bold": f"\n*Från:* {ADDRESS}\n*Skickat:* den 12 november 2026 09:12\n*Till:* Gun Al\n*Ämne:* Lampan\n\n{ASKED}",
    "Outlook without addresses": f"\nFrån: Bo Ek\nSkickat: den 12 november 2026 09:12\nTill: Gun Al\nKopia: Per Ås\nÄmne: SV: Lampan\n\n{ASKED}",
    "Outlook, no blank line above": f"{OUTLOOK_SV}\n\n{ASKED}",
    "Outlook on the web, rule": f"\n________________________________\n{OUTLOOK_SV}\n\n{ASKED}",
    "Outlook for iOS": f"\nHämta Outlook för iOS<https://aka.ms/x>\n________________________________\nFrån: {ADDRESS}\nSkickat: Thursday, November 12, 2026 9:12:33 AM\nTill: Gun\nÄmne: Lampan\n\n{ASKED}",
    "Outlook for Android": f"\nSkaffa inget.\n\nHämta Outlook för Android\n________________________________\n{OUTLOOK_SV}\n\n{ASKED}",
    "Outlook for Mac": f"\nFrån: {ADDRESS}\nDatum: torsdag 12 november 2026 09:12\nTill: Gun Al <gun.al@example.org>\nÄmne: Lampan\n\n{ASKED}",
    "old Outlook": f"\n-----Ursprungligt meddelande-----\n{OUTLOOK_SV}\n\n{ASKED}",
    "Samsung": f"\n\n-------- Originalmeddelande --------\nFrån: {ADDRESS}\nDatum: 2026-11-12 09:12 (GMT+01:00)\nTill: gun.al@example.org\nÄmne: Lampan\n\n{ASKED}",
    "fields one by one": f"\nFrån: {ADDRESS}\n\nSkickat: den 12 november 2026 09:12\n\nTill: Gun Al\n\nÄmne: Lampan\n\n{ASKED}",
    "many recipients": f"\nFrån: {ADDRESS}\nSkickat: den 12 november 2026 09:12\nTill: A <a@example.org>; B\n <b@example.org>; C <c@example.org>\nKopia: D <d@example.org>\nÄmne: Lampan\n\n{ASKED}",
    "Gmail, unmarked": f"\nDen tors 12 nov. 2026 kl 09:12 skrev {ADDRESS}:\n\n{ASKED}",
    "Yahoo": f"\nSkickat från Yahoo Mail på Android\n\n  Den tors, nov. 12, 2026 på 9:12, {ADDRESS} skrev:   {ASKED}",
    "Yahoo on the web": f"\n    Den torsdag 12 november 2026 09:12:33 CET, {ADDRESS} skrev:\n\n {ASKED}",
    "English Outlook": f"\nFrom: {ADDRESS}\nSent: Thursday, November 12, 2026 9:12 AM\nTo: Gun Al\nSubject: Lampan\n\n{ASKED}",
    "Norwegian Outlook": f"\nFra: {ADDRESS}\nSendt: torsdag 12. november 2026 09:12\nTil: Gun Al\nEmne: Lampen\n\n{ASKED}",
    "Danish Outlook": f"\nFra: {ADDRESS}\nSendt: 12. november 2026 09:12\nTil: Gun Al\nEmne: Lampen\n\n{ASKED}",
    "Danish separator": f"\n-------- Oprindelig meddelelse --------\nFra: {ADDRESS}\nDato: 12.11.2026 09.12\nTil: Gun\nEmne: Lampen\n\n{ASKED}",
    "Norwegian separator": f"\n-----Opprinnelig melding-----\nFra: {ADDRESS}\n\n{ASKED}",
    "Finnish Outlook": f"\nLähettäjä: {ADDRESS}\nLähetetty: torstai 12. marraskuuta 2026 9.12\nVastaanottaja: Gun Al\nAihe: Lamppu\n\n{ASKED}",
    "Finnish separator": f"\n-----Alkuperäinen viesti-----\nLähettäjä: {ADDRESS}\n\n{ASKED}",
    "German Outlook": f"\nVon: {ADDRESS}\nGesendet: Donnerstag, 12. November 2026 09:12\nAn: Gun Al\nBetreff: Lampe\n\n{ASKED}",
    "GMX, date first": f"\nGesendet: Donnerstag, 12. November 2026 um 09:12 Uhr\nVon: {ADDRESS}\nAn: gun.al@example.org\nBetreff: Lampe\n\n{ASKED}",
    "German separator": f"\n-----Ursprüngliche Nachricht-----\nVon: {ADDRESS}\n\n{ASKED}",
    "separator alone": f"\n----- Original Message -----\n\n{ASKED}",
    "labels and values on lines of their own": f"\nFrån:\n{ADDRESS}\nSkickat:\nden 12 november 2026 09:12\nTill:\nGun Al\nÄmne:\nLampan\n\n{ASKED}",
    "Danish, no addresses": f"\nFra: Bo Ek\nDato: 12. november 2026 kl. 09.12\nTil: Gun Al\nEmne: Lampen\n\n{ASKED}",
    "Notes": f"\n-----Bo Ek <bo.ek@ekvik.example> skrev: -----\nTill: Gun\nFrån: Bo Ek\nDatum: 2026-11-12 09:12\nÄrende: Lampan\n\n{ASKED}",
    "English Apple Mail, unmarked": f"\nOn Nov 12, 2026, at 9:12 AM, Bo Ek wrote:\n\n{ASKED}",
    "address and verb": f"\n{ADDRESS} wrote:\n\n{ASKED}",
    "own marker": f"\n{REPLY_MARKER}\n\n{ASKED}",
    "own marker, dressed up": f"\n--- {REPLY_MARKER} ---\n{ASKED}",
    "another system's marker": f"\n##- Please type your reply above this line -##\n\n{ASKED}",
}


@pytest.mark.parametrize("history", UNMARKED.values(), ids=UNMARKED)
def test_history_without_quotation_marks_goes(history: str) -> None:
    found = fresh(f"{ANSWER}\n{history}", None)
    assert found.new_text.replace("\n\nSkaffa inget.", "") == ANSWER
    assert "Vilken lampa gäller det?" in found.cut_text
    assert found.warnings == ()


# --- each program's line above lines with > ---------------------------------------------------------------------------

MARKED = {
    "Gmail": f"Den tors 12 nov. 2026 kl 09:12 skrev {ADDRESS}:",
    "Gmail, wrapped": "Den tors 12 nov. 2026 kl 09:12 skrev Synpunkten Ekvik <\nsynpunkten@ekvik.example>:",
    "Gmail, wrapped before the sign": "Den tors 12 nov. 2026 kl 09:12 skrev Synpunkten Ekvik <synpunkten@ekvik.example\n>:",
    "Gmail, wrapped three times": "Den tors 12 nov. 2026 kl 09:12\nskrev Synpunkten Ekvik\n<synpunkten@ekvik.example>:",
    "Gmail for Android": f"tors 12 nov. 2026 kl. 09:12 skrev {ADDRESS}:",
    "Apple Mail": f"12 nov. 2026 kl. 09:12 skrev {ADDRESS}:",
    "Thunderbird": "Den 2026-11-12 kl. 09:12, skrev Synpunkten Ekvik:",
    "Thunderbird, older": "Synpunkten Ekvik skrev den 2026-11-12 09:12:",
    "Proton": f"torsdag den 12 november 2026 kl. 09:12 skrev {ADDRESS}:",
    "English Gmail": f"On Thu, Nov 12, 2026 at 9:12 AM {ADDRESS} wrote:",
    "English Apple Mail": f"On 12 Nov 2026, at 09:12, {ADDRESS} wrote:",
    "English, no time of day": "On Thu, 12 Nov 2026, Synpunkten Ekvik wrote:",
    "Norwegian": f"tor. 12. nov. 2026 kl. 09:12 skrev {ADDRESS}:",
    "Norwegian Thunderbird": "Den 12.11.2026 09:12, skrev Synpunkten Ekvik:",
    "Danish": f"Den tors. 12. nov. 2026 kl. 09.12 skrev {ADDRESS}:",
    "Finnish Gmail": "to 12. marrask. 2026 klo 9.12 Synpunkten Ekvik (synpunkten@ekvik.example) kirjoitti:",
    "Finnish iPhone": f"{ADDRESS} kirjoitti 12.11.2026 kello 9.12:",
    "German Gmail": f"Am Do., 12. Nov. 2026 um 09:12 Uhr schrieb {ADDRESS}:",
    "German Thunderbird": "Am 12.11.26 um 09:12 schrieb Synpunkten Ekvik:",
    "German, verb before date": f"{ADDRESS} schrieb am Do., 12. Nov. 2026\num 09:12:",
    "date with hyphens": "On 12-Nov-2026, at 9:12 AM, Synpunkten Ekvik wrote:",
    "French": f"Le jeu. 12 nov. 2026 à 09:12, {ADDRESS} a écrit :",
    "Spanish": f"El jue, 12 nov 2026 a las 9:12, {ADDRESS} escribió:",
    "Italian": f"Il giorno gio 12 nov 2026 alle ore 09:12 {ADDRESS} ha scritto:",
    "Portuguese": f"Em qui., 12 de nov. de 2026 às 09:12, {ADDRESS} escreveu:",
    "Dutch": f"Op do 12 nov. 2026 om 09:12 schreef {ADDRESS}:",
    "Polish": f"czw., 12 lis 2026 o 09:12 {ADDRESS} napisał(a):",
    "Russian": f"чт, 12 нояб. 2026 г. в 09:12, {ADDRESS}:",
    "Turkish": f"{ADDRESS}, 12 Kas 2026 Per, 09:12 tarihinde şunu yazdı:",
    "Hungarian": f"{ADDRESS} ezt írta (időpont: 2026. nov. 12., Cs, 9:12):",
    "Japanese": f"2026年11月12日(木) 9:12 {ADDRESS}:",
    "Chinese": f"{ADDRESS} 于2026年11月12日周四 09:12写道：",
    "a language not known": f"Čt 12. 11. 2026 v 9:12 odesílatel {ADDRESS} uvedl:".replace("12. 11. 2026", "12.11.2026"),
}


@pytest.mark.parametrize("line", MARKED.values(), ids=MARKED)
def test_the_line_above_quoted_lines_goes_with_them(line: str) -> None:
    found = fresh(f"{ANSWER}\n\n{line}\n\n{quoted(ASKED)}\n", None)
    assert found.new_text == ANSWER
    assert found.cut_text.startswith(line.split("\n", 1)[0])
    assert found.warnings == ()


@pytest.mark.parametrize("line", MARKED.values(), ids=MARKED)
def test_an_answer_below_the_quotation_stays(line: str) -> None:
    assert fresh(f"{line}\n{quoted(ASKED)}\n\n{ANSWER}", None).new_text == ANSWER


def test_answers_between_quoted_lines_stay() -> None:
    text = f"Hej Bo!\n\n{MARKED['Gmail']}\n\n> Vilken lampa gäller det?\n\nDen vid bron.\n\n> Sedan när?\nSedan i måndags.\n> Tack\n\nMvh Gun"
    found = fresh(text, None)
    assert found.new_text == "Hej Bo!\n\nDen vid bron.\n\nSedan i måndags.\n\nMvh Gun"
    assert found.warnings == (quotes_text.INTERLEAVED,)


def test_lines_below_a_short_who_wrote_are_quoted_and_the_line_stays_in_doubt() -> None:
    assert fresh("Bo skrev:\n> Vi lagar hålet.\nNär då?", None).new_text == "Bo skrev:\n\nNär då?"


def test_the_rest_of_a_quoted_line_that_a_program_wrapped_is_no_answer() -> None:
    long = "> Vi har varit på platsen och tittat på lampan, men den lyste då vi kom,"
    text = f"{ANSWER}\n\n{MARKED['Gmail']}\n\n{long}\nvilket kan bero på väderleken.\n> Hör av dig.\n"
    assert fresh(text, None).new_text == ANSWER


# --- what must never be cut -------------------------------------------------------------------------------------------

KEPT = {
    "I wrote on a day": "Hej!\nDen 3 april skrev jag till er:\ningen har svarat.",
    "I wrote at a time": "Den 3 april 2026 kl 10:12 skrev jag till er:\nInget svar har kommit.\n\nNär får jag svar?",
    "they wrote": "Hej!\n\nDen 3 april skrev Bo Ek så här:\nVi lagar hålet i maj.\n\nMen hålet är kvar.",
    "a sentence with name, address and time": "Hej!\n\nVi talades vid 3 april 2026 kl 10:12. Då skrev Bo Ek till mig (bo.ek@ekvik.example) följande:\nVi lagar hålet.\n\nMen hålet är kvar.",
    "bus route": "Hej!\n\nFrån: Storgatan 3\nTill: Kyrkan\nDatum: 3 april 2026 kl 08:15\nBussen kom inte.",
    "bus route with a heading": "Hej!\n\nÄmne: Buss 4\nFrån: Storgatan 3\nTill: Kyrkan\nDatum: 2026-04-03 08:15\nBussen kom inte.",
    "own labelled line above": "Det gäller bussen.\nDatum: i går\n\nFrån: Storgatan",
    "own subject line": "Ämne: Lampan\nDen är släckt.",
    "from whom, to whom": "Hälsningar\nFrån: alla oss på Ekstigen\nTill: alla er på Gata och park\nBra jobbat!",
    "web form": "Nytt meddelande från webbplatsen\n\nFrån: Petra <petra@example.org>\nÄmne: Grinden\nDatum: 2026-11-12 09:12\nTelefon: 070-174 06 05\nMeddelande: Grinden är trasig.",
    "form fields below a rule": "En ny synpunkt.\n-----\nNamn: Petra Holm\nE-post: petra@example.org\nTelefon: 070-174 06 05",
    "dash list": "Det saknas:\n- belysning\n- väderskydd\n-- bänkar",
    "rules between paragraphs": "Första saken.\n\n--------\n\nAndra saken gäller parken.\n\n________\n\nTredje saken.",
    "list below a rule": "Det här saknas i parken\n-----\nbelysning\nbänkar\npapperskorgar",
    "numbers below a greeting": "Lamporna är trasiga.\nMvh Gun\n\n1) Ekstigen 4\n2) Ekstigen 6\n3) 070-174 06 05",
    "arrow": "Gå så här:\n> 100 meter rakt fram\nsedan vänster.",
    "arrows": "Så här vill jag ha det:\n> fler bänkar\n> färre bilar",
    "long arrows": "Jag föreslår:\n> att kommunen bygger en ny gång- och cykelväg mellan Norrby och centrum\n> att lekplatsen rustas upp",
    "they wrote from an address": "Hej!\n\nDen 3 april 2026 kl 10:12 skrev Bo Ek (bo.ek@ekvik.example):\nVi lagar hålet i maj.\n\nMen hålet är kvar.",
    "they wrote at a time": "Hej!\n\nDen 3 april 2026 kl 10:12 skrev Bo Ek:\n\nVi lagar hålet i maj.\n\nMen hålet är kvar.",
    "bus times": "Hej!\n\nFrån: Storgatan\nTill: Kyrkan\nDatum: 2026-04-03\nAvgång: 08:15\n\nDen kom aldrig.",
    "more than": "Det kostar\n> 500 kr i månaden.",
    "greeting in the middle": "Hej!\n\nMvh\nGun\n\nJust det: lampan vid bron är också släckt.",
    "two greetings": "Tack för senast.\nMed vänlig hälsning\nGun Al\nEkstigen 4\nKan ni ringa mig på 070-174 06 05?",
    "postscript": "Lampan är släckt.\n\nMvh\nGun Al\nordförande\nTel 070-174 06 05\n\nPS. Soptunnan är full.",
    "phone below the name": "Lampan är släckt.\n\nMvh\nGun Al\n070-174 06 05",
    "field below the name": "Lampan är släckt.\n\nMvh\nGun Al\nStolpe: 4711\n070-174 06 05",
    "sent on": "Tack.\n\nSkickat vidare till trafikbolaget också.",
    "sent from the library": "Tack.\n\nSkickat från biblioteket i Ekvik.",
    "fetch": "Tack.\n\nHämta telefonen.",
    "get hold of": "Tack.\n\nSkaffa nya lampor till bron.",
    "confidential, my words": "Detta mejl är konfidentiellt och jag vill inte att chefen läser det av misstag.",
    "only for one reader": "Hej!\n\nDet här mejlet är endast avsett för rektorn.",
    "about an external thing": "Detta meddelande gäller den externa belysningen på skolan.\n\nDen är släckt.",
    "some who got this": "Vissa som har fått det här brevet är arga.\n\nVarför skickades det?",
    "link about personal data": "Ni borde läsa er egen sida.\n\nLäs om hur ni behandlar personuppgifter: https://www.ekvik.example/gdpr",
    "answer above in a sentence": "Hej!\n\nSvara gärna ovanför den streckade linjen\n\nTack",
    "a lone original message": "Jag fick aldrig ert ursprungliga meddelande.\n\nSkicka det igen.",
    "hash words": "#SVAR\nHej Bengt! Hålet är lagat.\n#AVSLUTA",
    "two hyphens between paragraphs": "Lampan är släckt.\n--\nDet är också soptunnan vid bron.",
    "a mail said so at noon": "Bo Ek skrev:\nvi kommer i morgon.\n\nIngen kom.",
    "only a signature": "Mvh\nGun",
    "quoted word by word": 'Han sa "vi lagar det".\n\n> Det stod så här i tidningen\n\nStämmer det?',
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_the_sender_wrote_is_never_cut(text: str) -> None:
    found = fresh(text, None)
    assert found.new_text == text
    assert found.cut_text == ""


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_the_sender_wrote_survives_above_history(text: str) -> None:
    found = fresh(f"{text}\n\nTack för mig.\n\n{OUTLOOK_SV}\n\n{ASKED}", None)
    assert found.new_text == f"{text}\n\nTack för mig."


IN_DOUBT = {
    "introduced": (
        f"Jag fick det här svaret:\n\n{OUTLOOK_SV}\n\n{ASKED}\n\nMen lampan är släckt.",
        quotes_text.ANSWERS_INSIDE,
    ),
    "answers in red": (
        f"Hej!\nMina svar står i rött nedan.\n\nMvh Gun\n\n{OUTLOOK_SV}\n\n{ASKED} Den vid bron.",
        quotes_text.ANSWERS_INSIDE,
    ),
    "see below": (f"Se nedan!\n\n{OUTLOOK_SV}\n\n{ASKED}", quotes_text.ANSWERS_INSIDE),
    "nothing above": (f"{OUTLOOK_SV}\n\n{ASKED}\n\nDen vid bron.", quotes_text.BELOW_ONLY),
    "only a footer above": (f"Skickat från min iPhone\n\n{OUTLOOK_SV}\n\n{ASKED}", quotes_text.BELOW_ONLY),
    "only quoted lines": (f"{MARKED['Gmail']}\n{quoted(ASKED)}", quotes_text.NOTHING_LEFT),
    "arrows": ("Så här:\n> fler bänkar\n> färre bilar", quotes_text.UNSURE_QUOTE),
}


@pytest.mark.parametrize(("text", "warning"), IN_DOUBT.values(), ids=IN_DOUBT)
def test_in_doubt_the_text_stays_and_a_warning_says_so(text: str, warning: str) -> None:
    found = fresh(text, None)
    assert found.new_text == text
    assert warning in found.warnings


def test_the_own_marker_is_certain_whatever_stands_above() -> None:
    text = f"{ANSWER}\n\nBo Ek kvað þann 12. nóvember:\n\n{REPLY_MARKER}\n\n{ASKED}"
    assert fresh(text, None).cut_text == f"{REPLY_MARKER}\n\n{ASKED}"


def test_a_sign_off_with_my_is_a_signature() -> None:
    assert fresh(f"{ANSWER}\n-- \nMin sida: www.example.org", None).new_text == ANSWER
    assert fresh(f"{ANSWER}\n-- \nJag hör av mig igen.", None).warnings == (quotes_text.UNSURE_SIGNATURE,)


def test_an_officer_command_with_a_colon_introduces_nothing() -> None:
    assert (
        fresh(f"#SVAR:\nHålet är lagat.\n#AVSLUTA:\n\n{OUTLOOK_SV}\n\n{ASKED}", None).new_text
        == "#SVAR:\nHålet är lagat.\n#AVSLUTA:"
    )


def test_s19_officer_answers_with_commands() -> None:
    text = f"#SVAR\nHej Bengt! Hålet är lagat i dag.\nMaria Lund, gatuingenjör\n#ÅTGÄRD åtgärdat\n#AVSLUTA\n\n{OUTLOOK_SV}\n\n{ASKED}"
    assert fresh(text, None).new_text == text.split("\n\n", 1)[0]


# --- forwarded mails --------------------------------------------------------------------------------------------------

FORWARDS = {
    "Gmail": f"---------- Forwarded message ---------\nFrån: {ADDRESS}\nDate: tors 12 nov. 2026 kl 09:12\nSubject: Lampan\nTo: <gun@example.org>\n\n{ASKED}",
    "Apple Mail": f"Vidarebefordrat brev:\n\nFrån: {ADDRESS}\nÄmne: Lampan\nDatum: 12 november 2026 09:12:33 CET\nTill: Gun\n\n{ASKED}",
    "Thunderbird": f"-------- Vidarebefordrat meddelande --------\nÄmne: Lampan\nDatum: Thu, 12 Nov 2026 09:12:33 +0100\nFrån: {ADDRESS}\nTill: Gun\n\n{ASKED}",
    "English Apple Mail": f"Begin forwarded message:\n\nFrom: {ADDRESS}\nSubject: Lampan\nDate: 12 November 2026\n\n{ASKED}",
}


@pytest.mark.parametrize("below", FORWARDS.values(), ids=FORWARDS)
@pytest.mark.parametrize("above", ["", "Kan ni ta hand om detta?\n\n"], ids=["alone", "with a word"])
def test_what_the_sender_passes_on_stays(above: str, below: str) -> None:
    found = fresh(above + below, None)
    assert found.new_text == above + below
    assert found.warnings == (quotes_text.FORWARDED,)


@pytest.mark.parametrize("subject", ["VB: Lampan", "Fwd: Lampan", "FW: Lampan", "[EXTERN] VB: Lampan", "WG: Lampe"])
def test_a_forwarding_subject_keeps_outlooks_header_block(subject: str) -> None:
    text = f"För kännedom.\n\n{OUTLOOK_SV}\n\n{ASKED}"
    assert fresh(text, None, subject) == quotes.Fresh(text, "", (quotes_text.FORWARDED,))
    assert fresh(text, None, f"SV: {subject}").new_text == "För kännedom."


def test_vs_is_a_forward_in_danish_and_an_answer_in_finnish() -> None:
    assert "Fra:" in fresh(f"Til orientering.\n{UNMARKED['Danish Outlook']}", None, "VS: Lampen").new_text
    assert fresh(f"Silta.\n{UNMARKED['Finnish Outlook']}", None, "VS: Lamppu").new_text == "Silta."


# --- signatures, footers, notices and banners -------------------------------------------------------------------------

SIGNATURES = {
    "RFC 3676": "\n\n-- \nGun Al\nEkstigen 4",
    "two hyphens and data": "\n--\nGun Al\nwww.example.org",
    "rule below a greeting": "\n\nHälsningar\nGun\n_____________\n\nGun Al\nordförande\nEkstigens samfällighet",
    "title and numbers": "\n\nMed vänlig hälsning\n\nGun Al\nFastighetsskötare\nBostadsbolaget AB\nTel: 0123-456 78 | www.bolaget.example",
    "German": "\n\nMit freundlichen Grüßen\nGun Al\nHausverwaltung\n+49 30 123456",
    "Norwegian": "\n\nMed vennlig hilsen\nGun Al\nleder\n+47 22 12 34 56",
    "Danish": "\n\nVenlig hilsen\nGun Al\nkonsulent\ngun@example.org",
    "Finnish": "\n\nYstävällisin terveisin\nGun Al\nisännöitsijä\n040 123 4567",
    "English": "\n\nKind regards,\nGun Al\nCaretaker\nhttps://example.org",
    "iPhone": "\n\nSkickat från min iPhone",
    "K-9": "\n\n-- \nSkickat från min Android-telefon med K-9 Mail. Ursäkta min fåordighet.",
    "GMX": "\n\nGesendet mit der GMX Mail App",
    "operator": "\n\nSent from my Verizon, Samsung Galaxy smartphone",
    "iPad": "\n\nSkickat från min iPad.",
    "Outlook for iOS": "\n\nHämta Outlook för iOS <https://aka.ms/o0ukef>",
    "Samsung": "\n\nSkickat från min Samsung Galaxy-smartphone.",
    "Galaxy": "\n\nSkickat från min Galaxy",
    "mail for Windows": "\n\nSkickat från Mail för Windows",
    "Windows": "\n\nSkickat från E-post för Windows",
    "Outlook for iOS, older": "\n\nSkaffa Outlook för iOS<https://aka.ms/x>",
    "Finnish Outlook": "\n\nHanki Outlook for Android",
    "German Outlook": "\n\nOutlook für iOS beziehen",
    "Danish Windows": "\n\nSendt fra Mail til Windows",
    "Proton": "\n\nSkickat med Proton Mail säker e-post.",
    "English iPhone": "\n\nSent from my iPhone",
    "English Outlook": "\n\nGet Outlook for Android",
    "Norwegian iPhone": "\n\nSendt fra min iPhone",
    "Norwegian Outlook": "\n\nFå Outlook for iOS",
    "Danish Outlook": "\n\nHent Outlook til iOS",
    "Finnish iPhone": "\n\nLähetetty iPhonesta",
    "German iPhone": "\n\nVon meinem iPhone gesendet",
    "German Android": "\n\nDiese Nachricht wurde von meinem Android-Gerät mit K-9 gesendet.",
    "notice": "\n\nDetta e-postmeddelande kan innehålla konfidentiell information. Om du inte är rätt mottagare, radera det.",
    "English notice": "\n\nThis e-mail is confidential and intended solely for the addressee. If you have received it\nin error, please notify the sender and delete it.",
    "German notice": "\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, löschen Sie sie.",
    "notice and signature": "\n\nMvh\nGun Al\nSkötare\n0123-456 78\n\nDetta mejl kan innehålla sekretess. Radera det om du fått det av misstag.\nSå behandlar vi personuppgifter: https://example.org/gdpr",
}


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
@pytest.mark.parametrize(
    "history",
    ["", f"\n\n{OUTLOOK_SV}\n\n{ASKED}", f"\n\n{MARKED['Gmail']}\n{quoted(ASKED)}"],
    ids=["alone", "Outlook", "Gmail"],
)
def test_signatures_and_footers_go(signature: str, history: str) -> None:
    found = fresh(ANSWER + signature + history, None)
    kept = found.new_text.removeprefix(ANSWER)
    assert found.new_text.startswith(ANSWER)
    assert signature.strip().split("\n")[-1] in found.cut_text
    assert kept.split() == [] or len(kept.split()) <= 5  # a greeting and a name may stay


BANNERS = {
    "Swedish": "Externt mejl",
    "brackets": "[EXTERNAL]",
    "Swedish sentence": "OBS! Detta mejl kommer från en extern avsändare. Klicka inte på länkar eller bilagor som du inte litar på.",
    "English sentence": "CAUTION: This email originated from outside of the organization.\nDo not click links or open attachments unless you recognize the sender.",
    "seldom": "Du får inte ofta e-post från gun.al@example.org. Läs om varför det här är viktigt",
}


@pytest.mark.parametrize("banner", BANNERS.values(), ids=BANNERS)
def test_a_banner_above_the_text_goes(banner: str) -> None:
    found = fresh(f"{banner}\n\n{ANSWER}", None)
    assert found == quotes.Fresh(ANSWER, banner, ())


# --- HTML -------------------------------------------------------------------------------------------------------------


def html_of(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"<div>{line or '<br>'}</div>" for line in escaped.split("\n"))


OWN, OLD = html_of(ANSWER), html_of(ASKED)
HEADER = html_of(OUTLOOK_SV)
IN_HTML = {
    "Outlook desktop": f'<div class="WordSection1">{OWN}<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Från:</b> Bo <br><b>Skickat:</b> i dag<br><b>Till:</b> Gun<br><b>Ämne:</b> Lampan</p></div>{OLD}</div>',
    "Outlook desktop, rewritten style": f'{OWN}<div style="border-top: 1pt solid rgb(225, 225, 225)"><p><b>Von:</b> Bo<br><b>Wann:</b> heute<br><b>An:</b> Gun</p></div>{OLD}',
    "Outlook on the web": f'{OWN}<div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr">{HEADER}</div>{OLD}',
    "Outlook on the web, language not known": f'{OWN}<div id="divRplyFwdMsg"><b>Sendandi:</b> Bo<br><b>Dagur:</b> í dag</div>{OLD}',
    "Outlook for iOS": f'{OWN}<div id="ms-outlook-mobile-signature">Hämta <a href="https://aka.ms/x">Outlook för iOS</a></div><hr><div id="divRplyFwdMsg">{HEADER}</div>{OLD}',
    "Outlook for iOS, new": f'{OWN}<div id="ms-outlook-mobile-signature"></div><div id="mail-editor-reference-message-container">{HEADER}{OLD}</div>',
    "Outlook, nothing marked": f"{OWN}<hr>{HEADER}<br>{OLD}",
    "Gmail": f'{OWN}<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Den tors 12 nov. 2026 kl 09:12 skrev Bo &lt;<a href="mailto:bo@ekvik.example">bo@ekvik.example</a>&gt;:<br></div><blockquote class="gmail_quote" style="border-left:1px solid">{OLD}</blockquote></div>',
    "Gmail, language not known": f'{OWN}<div class="gmail_quote"><div class="gmail_attr">Bo kvað:</div><blockquote class="gmail_quote">{OLD}</blockquote></div>',
    "Gmail with signature": f'{OWN}<br clear="all"><div><span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature">Gun Al<br>Ekstigen 4</div></div><div class="gmail_quote"><div class="gmail_attr">x:</div><blockquote class="gmail_quote">{OLD}</blockquote></div>',
    "Apple Mail": f'{OWN}<br id="lineBreakAtBeginningOfMessage"><div><blockquote type="cite"><div>12 nov. 2026 kl. 09:12 skrev Bo &lt;bo@ekvik.example&gt;:</div><br>{OLD}</blockquote></div>',
    "iPhone": f'{OWN}<br><div dir="ltr">Skickat från min iPhone</div><div dir="ltr"><br><blockquote type="cite">12 nov. 2026 kl. 09:12 skrev Bo:<br><br></blockquote></div><blockquote type="cite">{OLD}</blockquote>',
    "Thunderbird": f'<p>{OWN}</p><div class="moz-cite-prefix">Den 2026-11-12 kl. 09:12, skrev Bo:<br></div><blockquote type="cite" cite="mid:1@ekvik.example">{OLD}</blockquote><br>',
    "Yahoo": f'{OWN}<div id="ydp1a2b3c4dyahoo_quoted_1234" class="ydp1a2b3c4dyahoo_quoted"><div>Den torsdag 12 november 2026 skrev Bo:</div>{OLD}</div>',
    "Samsung": f'{OWN}<div id="composer_signature">Skickat från min Galaxy</div><div><!-- originalMessage --><div>-------- Originalmeddelande --------</div>{HEADER}</div>{OLD}',
    "Proton": f'{OWN}<div class="protonmail_signature_block"></div><div class="protonmail_quote">torsdag den 12 november 2026 kl. 09:12 skrev Bo &lt;bo@ekvik.example&gt;:<br><blockquote class="protonmail_quote" type="cite">{OLD}</blockquote></div>',
    "GMX": f'{OWN}<div name="quote" style="border-left:2px solid"><div><b>Gesendet:</b> heute<br><b>Von:</b> Bo</div><div name="quoted-content">{OLD}</div></div>',
    "Zimbra": f'{OWN}<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>Från: </b>Bo</div><div data-marker="__QUOTED_TEXT__">{OLD}</div>',
    "indented below an attribution": f'{OWN}<div>Thu, 12 Nov 2026 09:12:33 +0100 от Bo &lt;bo@ekvik.example&gt;:</div><blockquote style="border-left:1px solid #08a">{OLD}</blockquote>',
    "own marker": f"{OWN}<div>{REPLY_MARKER}</div>{OLD}",
}


@pytest.mark.parametrize("html", IN_HTML.values(), ids=IN_HTML)
def test_html_is_cut_by_its_structure(html: str) -> None:
    text = quotes.quotes_html.markup.to_text(html)
    found = fresh(text, f"<html><body>{html}</body></html>")
    assert found.new_text == ANSWER
    assert "Vilken lampa gäller det?" in found.cut_text
    assert found.warnings == ()


HTML_KEPT = {
    "answer below": f'<blockquote type="cite">{OLD}</blockquote>{OWN}',
    "answer below, Gmail": f'<div class="gmail_quote"><div class="gmail_attr">x:</div><blockquote class="gmail_quote">{OLD}</blockquote></div>{OWN}',
    "answer inside Gmail's container": f'<div class="gmail_quote"><div class="gmail_attr">x:</div><blockquote class="gmail_quote">{OLD}</blockquote>{OWN}<blockquote class="gmail_quote">{OLD}</blockquote></div>',
    "answer between": f'<blockquote type="cite">{OLD}</blockquote>{OWN}<blockquote type="cite">{OLD}</blockquote>',
    "indented by the sender": f'<blockquote style="margin:0 0 0 40px;border:none">{OWN}</blockquote>',
    "quoted by the sender": f'<blockquote style="border-left:1px solid">{OWN}</blockquote>',
    "indented with Gmail's button": f'<div dir="ltr"><blockquote class="gmail_quote" style="border-left:1px solid">{OWN}</blockquote></div>',
    "written in the signature": f'<div id="Signature">{OWN}</div>',
    "a line above, no header": f'<div style="border-top:solid #E1E1E1 1.0pt">{OWN}</div>',
}


@pytest.mark.parametrize("html", HTML_KEPT.values(), ids=HTML_KEPT)
def test_the_senders_words_in_html_stay(html: str) -> None:
    text = quotes.quotes_html.markup.to_text(html)
    assert fresh(text, html).new_text == ANSWER


def test_a_signature_that_the_structure_marks_is_among_what_was_cut() -> None:
    html = f'{OWN}<div id="Signature"><div>Med vänlig hälsning</div><div>Gun Al</div><div>Ekstigen 4</div></div>'
    assert fresh("", html) == quotes.Fresh(ANSWER, "Med vänlig hälsning\nGun Al\nEkstigen 4", ())


INDENTED = {
    "Gmail's button": '<blockquote class="gmail_quote" style="border-left:1px solid">Fler bänkar</blockquote>',
    "a line to the left": '<blockquote style="border-left:1px solid">Fler bänkar</blockquote>',
    "moved in": '<blockquote style="margin:0 0 0 40px;border:none">Fler bänkar</blockquote>',
}


@pytest.mark.parametrize("block", INDENTED.values(), ids=INDENTED)
def test_what_the_sender_indents_stays(block: str) -> None:
    html = f'{OWN}{block}<div>Tack!</div><blockquote type="cite">{OLD}</blockquote>'
    found = fresh(quotes.quotes_html.markup.to_text(html), html)
    assert found.new_text.split() == f"{ANSWER} Fler bänkar Tack!".split()


def test_forwarded_html_stays() -> None:
    html = f'<div>Kan ni ta detta?</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>Från: Bo<br></div>{OLD}</div>'
    found = fresh(quotes.quotes_html.markup.to_text(html), html)
    assert "Vilken lampa gäller det?" in found.new_text
    assert "Kan ni ta detta?" in found.new_text


def test_forwarded_quotation_in_html_stays() -> None:
    html = f'<div>Vidarebefordrat brev:</div><br><blockquote type="cite">{OLD}</blockquote>'
    assert "Vilken lampa gäller det?" in fresh(quotes.quotes_html.markup.to_text(html), html).new_text


def test_words_that_only_the_text_part_has_are_not_lost() -> None:
    html = f'<div>Öppna i appen</div><blockquote type="cite">{OLD}</blockquote>'
    found = fresh(f"{ANSWER}\n\n{MARKED['Gmail']}\n{quoted(ASKED)}", html)
    assert found.new_text == ANSWER
    assert found.warnings == (quotes.PARTS_DIFFER,)


def test_html_that_cannot_be_read_leaves_the_text() -> None:
    assert fresh(ANSWER, "<div>" * 5000 + "x").new_text == ANSWER


def test_the_signs_that_marks_are_written_with_do_no_harm() -> None:
    assert fresh(
        "Hej \ue000q0\ue001 du\n\ue000q7\ue001\nTack",
        "<p>\ue000q7\ue001 Hej du</p><blockquote type=cite>x</blockquote>",
    ).new_text


# --- the whole --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n\n", " "], ids=["empty", "blank lines", "a space"])
def test_an_empty_text_gives_an_empty_result(text: str) -> None:
    assert fresh(text, None).new_text.strip() == ""


def test_line_ends_of_every_kind_are_read() -> None:
    assert fresh(f"{ANSWER}\n\n{OUTLOOK_SV}\n\n{ASKED}".replace("\n", "\r\n"), None).new_text == ANSWER


PIECES = [
    *KEPT.values(),
    *UNMARKED.values(),
    *MARKED.values(),
    *SIGNATURES.values(),
    *BANNERS.values(),
    *FORWARDS.values(),
    quoted(ASKED),
    "> en rad",
    "",
    "-- ",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(">-_:@<\n\t aBå1.", max_size=40), max_size=6))
def test_every_word_is_kept_or_cut(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    found = fresh(text, None)
    assert sorted(f"{found.new_text} {found.cut_text}".split()) == sorted(text.split())


@given(
    st.sampled_from(list(KEPT.values())),
    st.sampled_from(list(UNMARKED.values())),
    st.lists(st.sampled_from(PIECES), max_size=3),
)
def test_what_stands_above_history_stays_whatever_follows(own: str, history: str, rest: list[str]) -> None:
    text = f"{own}\n\nDet var allt.\n{history}\n" + "\n".join(rest)
    assert fresh(text, None).new_text.startswith(f"{own}\n\nDet var allt.")


def test_spaces_that_do_not_break_are_spaces() -> None:
    line = f"Den\xa012\xa0nov.\xa02026 kl\u202f09:12 skrev {ADDRESS}:\u200b"
    assert fresh(f"{ANSWER}\n\nSkickat\xa0från min iPhone\u200e\n\n{line}\n{quoted(ASKED)}", None).new_text == ANSWER


def test_an_own_labelled_line_above_a_header_block_stays() -> None:
    own = "Det gäller bussen.\n\nDatum: 3 april 2026 kl 08:15"
    block = f"Från: {ADDRESS}\nÄmne: Bussen\nDatum: 12 november 2026 09:12\nTill: Gun Al <gun.al@example.org>"
    assert fresh(f"{own}\n\n{block}\n\n{ASKED}", None).new_text == own


def test_a_short_last_line_right_above_the_attribution_stays() -> None:
    text = f"{ANSWER}\nRing 12 nov\nBo Ek <bo.ek@ekvik.example> skrev:\n{quoted(ASKED)}"
    assert fresh(text, None).new_text == f"{ANSWER}\nRing 12 nov"


@pytest.mark.parametrize(
    "text",
    [
        "Lampan är trasig:\n--\nLyktstolpe 4412, Skolgatan 3\n\n/Ola",
        "Det gäller:\n-- \nSkolgatan 3",
        "Lampan är trasig.\n--\nSkolgatan 3",
    ],
)
def test_a_place_below_a_rule_is_no_signature(text: str) -> None:
    assert "Skolgatan 3" in fresh(text, None).new_text


@pytest.mark.parametrize(
    "introduced", ["Original", "ORIGINAL", "Orıgınal", "ORİGİNAL"]
)  # the last two as Turkish programs
def test_what_the_html_alone_parts_is_cut_however_its_capitals_are_made(introduced: str) -> None:
    text = f"Lampan är trasig. {introduced} Message Från Bo Skickat x Till y Ämne z Gammalt"
    html = f"<p>Lampan är trasig.</p><p>-----{introduced} Message-----</p><p>Gammalt</p>"
    assert fresh(text, html).new_text == "Lampan är trasig."
