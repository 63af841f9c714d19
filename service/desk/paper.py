"""Letters on paper: a page to print, which goes to whoever posts it as a file of a mail (HJO-56, KLI-22).

One HTML file that needs nothing else. Printed on A4 and folded twice, its address stands in the window of a Swedish
window envelope (the right half, 45 to 70 mm from the top).
"""

from __future__ import annotations

import html
import re
from datetime import datetime

from service.core import swedish
from service.core.cases import Case, Submitter
from service.core.effects import SendLetter
from service.desk import markup
from service.desk.letters import File, Writer
from service.desk.markup import Block

_STYLE = """
@page { size: A4; margin: 20mm 22mm }
body { font: 11.5pt/1.45 Georgia, "Times New Roman", serif; color: #000; background: #fff; margin: 0 auto;
       max-width: 166mm }
header { display: grid; grid-template-columns: 1fr 78mm; min-height: 62mm; font-size: 10.5pt }
header p { margin: 0 }
.from { font-weight: bold; font-size: 13pt }
.about { margin-top: 4mm !important }
address { font-style: normal; font-size: 11.5pt; margin-top: 25mm }
h1 { font-size: 15pt; margin: 0 0 5mm } h2 { font-size: 12.5pt; margin: 6mm 0 2mm }
main p { margin: 0 0 4mm }
footer { border-top: 0.3mm solid #000; margin-top: 12mm; padding-top: 2mm; font-size: 9.5pt }
""".strip()


def printed(writer: Writer, letter: SendLetter, case: Case | None, now: datetime) -> tuple[File, ...]:
    """The file to print, where the mail carries one; none in a case of secrecy, whose person no mail may name."""
    if not letter.paper or case is None or case.secrecy:
        return ()
    receiver = _address(case.submitter)
    facts = writer.letter_facts(letter, case, (), now) | {"receiver": receiver[0] if receiver else ""}
    subject, body = writer.stationery.fill(letter.paper, facts)
    page = _page(writer, case, receiver, subject, markup.read_blocks(body), now)
    return (File(f"brev {case.number}.html", "text/html", page.encode()),)


def _address(who: Submitter) -> list[str]:
    """The lines of the address; a name that stands in it already is the one that was asked for."""
    lines = [line.strip() for line in re.split(r"[,\n]", who.address) if line.strip()]
    named = bool(lines) and not re.search(r"\d", lines[0]) and len(lines) > 1
    return lines if named or not who.name else [who.name, *lines]


def _page(writer: Writer, case: Case, receiver: list[str], subject: str, blocks: list[Block], now: datetime) -> str:
    town, calendar = writer.book.municipality, writer.book.calendar
    lines = receiver if case.submitter.address else [*receiver, "[skriv postadressen här]"]
    contact = town.contact
    named = bool(contact.postal and contact.postal.startswith(town.name))
    reached = [
        "" if named else town.name,
        contact.postal,
        f"Telefon {contact.phone}" if contact.phone else "",
        contact.web,
    ]
    return (
        '<!DOCTYPE html>\n<html lang="sv"><head><meta charset="utf-8">'
        f"<title>{html.escape(subject)}, {case.number}</title><style>{_STYLE}</style></head><body>"
        f'<header><div><p class="from">{html.escape(town.name)}</p>'
        f'<p class="about">{swedish.day(calendar.local_date(now))}<br>Ärendenummer {case.number}</p></div>'
        f"<address>{'<br>'.join(map(html.escape, lines))}</address></header>"
        f"<main><h1>{html.escape(subject)}</h1>{''.join(map(_block, blocks))}</main>"
        f"<footer>{' · '.join(html.escape(part) for part in reached if part)}</footer></body></html>\n"
    )


def _block(block: Block) -> str:
    match block.kind:
        case "heading":
            return f"<h2>{html.escape(' '.join(block.lines))}</h2>"
        case "list" | "numbered":
            return f"<ul>{''.join(f'<li>{_shown(line)}</li>' for line in block.lines)}</ul>"
        case "literal" | "quote":
            return "".join(f'<p dir="auto">{"<br>".join(map(html.escape, lines))}</p>' for lines in block.paragraphs)
        case "rule" | "glance" | "marker":
            return ""
        case _:
            return f"<p>{'<br>'.join(map(_shown, block.wrapped))}</p>"


def _shown(line: str) -> str:
    return markup.with_links(line, html.escape, lambda words, address: html.escape(f"{words}: {address}"))
