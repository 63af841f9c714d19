"""Invented Swedish feedback mails, the same ones in every run but for their dates, each from a sender of its own.

2-6 kB of text, 20 % with an HTML part, 10 % with a photo of 100 kB, 60 % UTF-8 and 40 % ISO-8859-1.
"""

from __future__ import annotations

import email.policy
import html
import random
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

PHOTO_BYTES = 100_000
_SPAN_SECONDS = 3600  # in which all of them arrive, up to now: older ones would be late on arrival

_SUBJECTS = {
    "Trasig belysning": "Två av gatlamporna längs {street} är släckta och vid övergångsstället är det helt mörkt.",
    "Hål i cykelbanan": "På cykelbanan bakom {street} har asfalten spruckit så att det är lätt att köra omkull.",
    "Dålig snöröjning": "Trottoaren utmed {street} plogades inte förrän på eftermiddagen, så barnen gick i körbanan.",
    "Brunt vatten i kranen": "Vårt dricksvatten på {street} har varit brunt i flera dagar och smakar järn.",
    "Full papperskorg": "Papperskorgen där {street} slutar töms för sällan och fåglarna drar ut allt som ligger i den.",
    "Ljudet från ventilationen": "Fläktarna på taket vid {street} låter dygnet runt och vi får ingen bullerfri natt.",
    "Fråga om bygglov": "Jag väntar fortfarande på besked om bygglov för altanen på {street}.",
    "Väntan på skolskjuts": "Skolans buss går förbi hållplatsen vid {street} utan att stanna när den redan är sen.",
    "Bibliotekets kvällar": "Kunde biblioteket nära {street} ha öppet någon kväll till i veckan?",
    "Simhallens duschar": "I simhallen intill {street} är hälften av duscharna avstängda sedan i somras.",
    "Fakturan stämmer inte": "Den faktura som kom till {street} gäller en avgift som vi redan har betalat.",
    "Maten på förskolan": "På förskolan vid {street} är maten ofta kall när de minsta barnen ska äta.",
    "En fundering": "Jag undrar hur ni tänker kring området runt {street} de kommande åren.",
}
_STREETS = ("Björkgatan", "Kvarnstigen", "Östra Ågatan", "Häggvägen", "Smedjebacken", "Lärkgränd", "Västra Strandvägen")
_SENTENCES = (
    "Jag har bott här i femton år och det har aldrig varit så här förut.",
    "Flera grannar har lagt märke till samma sak och tycker att något måste göras.",
    "Det vore bra om någon kunde åka ut och titta på det en vardag.",
    "Min mamma är åttiofyra år och vågar inte längre gå dit ensam.",
    "Jag ringde växeln i förra veckan men blev satt i kö och gav till slut upp.",
    "I våras hände ungefär samma sak, och då tog det nästan två månader.",
    "Jag vet att ni har mycket att göra, men det här är faktiskt viktigt för oss.",
    "På kvällarna är det värst, särskilt när det har regnat.",
    "Kanske räcker det med en liten åtgärd så länge, tills ni har tid med resten.",
    "Vi betalar ju skatt som alla andra och förväntar oss att det fungerar.",
    "Tidigare fanns det en vaktmästare som såg till att sådant blev gjort direkt.",
    "Jag förstår att allt kostar pengar, men det blir dyrare att vänta.",
    "Den som planerade detta kan inte ha varit här en vintermorgon klockan sju.",
    "Hör gärna av er om något är oklart, jag kan visa exakt var det är.",
    "Min son påpekade det redan i augusti och ingenting har hänt sedan dess.",
    "Det är synd, för annars är det ett väldigt fint område att bo i.",
    "Ni som arbetar med det här gör säkert så gott ni kan.",
    "På andra sidan ån har ni löst det på ett mycket bättre sätt.",
    "Jag såg att en annan familj fick vända om häromdagen.",
    "Vi är många som skulle bli glada över ett svar i den här frågan.",
    "Det gäller framför allt sträckan närmast hållplatsen.",
    "En tillfällig lösning har stått där sedan i maj och ser förfärlig ut.",
    "Jag skriver nu igen eftersom jag inte vet om mitt förra meddelande kom fram.",
    "Om det hjälper kan jag samla ihop några fler som tycker likadant.",
)
_FIRST = ("Anna", "Björn", "Cecilia", "Dan", "Elsa", "Fredrik", "Göran", "Hanna", "Ingrid", "Jörgen", "Kajsa", "Åke")
_LAST = ("Ek", "Sjöberg", "Lindgren", "Åström", "Holm", "Norén", "Wikström", "Dahl", "Löfgren", "Berg")
_PROGRAMS = ("Mozilla Thunderbird", "Apple Mail (2.3774)", "Microsoft Outlook 16.0", "iPhone Mail (20H115)")


def make(count: int, first: int = 0) -> Iterator[bytes]:
    """The mails from number `first` on, each with CRLF line ends as a mailbox keeps it."""
    for number in range(first, first + count):
        yield one(number, photo=PHOTO_BYTES if number % 10 == 7 else 0)


def one(number: int, photo: int = 0) -> bytes:
    """The mail of that number, with a photo of so many bytes."""
    chance = random.Random(number)
    subject, opening = chance.choice(list(_SUBJECTS.items()))
    name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    address = address_of(number)
    when = datetime.now(UTC) - timedelta(seconds=chance.randrange(_SPAN_SECONDS))
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["Return-Path"] = f"<{address}>"
    for hop in ("mx.ekvik.example", "ut.example.org"):
        stamp = format_datetime(when + timedelta(seconds=2))
        mail["Received"] = f"from host-{number % 250}.example.org by {hop} with ESMTPS id {number:08X}; {stamp}"
    mail["From"] = f"{name} <{address}>"
    mail["To"] = "Synpunkten <synpunkten@ekvik.example>"
    mail["Subject"] = subject
    mail["Date"] = when
    mail["Message-ID"] = f"<{number:08d}.{chance.getrandbits(64):016x}@example.org>"
    mail["User-Agent"] = chance.choice(_PROGRAMS)
    _write(mail, _text(chance, opening, name), chance)
    if photo:
        content = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + chance.randbytes(photo - 11)
        mail.add_attachment(content, maintype="image", subtype="jpeg", filename=f"bild_{number}.jpg")
    return mail.as_bytes()


def address_of(number: int) -> str:
    """Who writes that mail: most people have their address where everybody has it, and no budget counts that domain."""
    return f"medborgare.{number}@gmail.com"


def _text(chance: random.Random, opening: str, name: str) -> str:
    street = f"{chance.choice(_STREETS)} {chance.randint(1, 60)}"
    wanted = chance.randint(1_500, 5_200)
    paragraphs, size = [opening.format(street=street)], 0
    while size < wanted:
        paragraphs.append(" ".join(chance.sample(_SENTENCES, chance.randint(3, 8))))
        size += len(paragraphs[-1])
    if chance.random() < 0.5:  # half of all programs break the lines themselves
        paragraphs = [textwrap.fill(paragraph, 76) for paragraph in paragraphs]
    return "\n\n".join(["Hej!", *paragraphs, f"Med vänliga hälsningar\n{name}\n{street}"]) + "\n"


def _write(mail: EmailMessage, text: str, chance: random.Random) -> None:
    charset = "utf-8" if chance.random() < 0.6 else "iso-8859-1"
    coding = chance.choice(["8bit", "quoted-printable", "base64"])
    if any(len(line) > 500 for line in text.splitlines()) and coding == "8bit":
        coding = "quoted-printable"  # a line of an uncoded mail has a limit (RFC 5322 section 2.1.1)
    mail.set_content(text, charset=charset, cte=coding)
    if chance.random() < 0.2:
        body = "".join(f"<p>{html.escape(p).replace(chr(10), '<br>')}</p>\n" for p in text.split("\n\n"))
        page = f'<html><head><meta charset="{charset}"></head>\n<body style="font-size:12pt">\n{body}</body></html>\n'
        mail.add_alternative(page, subtype="html", charset=charset, cte="quoted-printable")
