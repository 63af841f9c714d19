"""How programs of today mark in HTML what they quote; the text part beside it may show nothing of it."""

# ruff: noqa: E501 - the mails stand as programs write them, one line each

from __future__ import annotations

import pytest

from service.core.reading.history.quotes import DOUBTS, fresh
from service.core.reading.mime import markup

OWN = "Det är lampan närmast bron. Den blinkar hela natten."
OLD = "<div>Hej!</div><div>Vilken lampa gäller det?</div><div><br></div><div>Med vänlig hälsning</div><div>Bo Ek</div>"
OLD_TEXT = "Hej!\nVilken lampa gäller det?\n\nMed vänlig hälsning\nBo Ek"
SAYS = 'Den 12 nov. 2026 kl. 09:12 skrev Bo Ek &lt;<a href="mailto:bo.ek@ekvik.example">bo.ek@ekvik.example</a>&gt;:'
FIELDS = "<b>Från:</b> Bo Ek &lt;bo.ek@ekvik.example&gt;<br><b>Skickat:</b> den 12 november 2026 09:12<br><b>Till:</b> Gun Al &lt;gun.al@example.org&gt;<br><b>Ämne:</b> Lampan"
PAGES = {
    "Outlook, new": f'<div class="elementToProof" style="font-family: Aptos; color: rgb(0, 0, 0);">{OWN}</div><div id="ms-outlook-mobile-body-separator-line" data-applydefaultfontstyles="true"><div><br></div></div><div id="mail-editor-reference-message-container" class="ms-outlook-mobile-reference-message"><div class="ms-outlook-mobile-reference-message skipProofing" style="padding: 3pt 0in 0in; border-top: 1pt solid rgb(181, 196, 223);">{FIELDS}</div>{OLD}</div>',
    "Outlook on the web": f'<div class="elementToProof">{OWN}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{FIELDS}</font><div>&nbsp;</div></div>{OLD}',
    "Outlook, quoted again": f'<div>{OWN}</div><hr><div id="x_divRplyFwdMsg" dir="ltr">{FIELDS}</div>{OLD}',
    "Outlook, Word": f'<div class="WordSection1"><p class="MsoNormal">{OWN}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{FIELDS}<o:p></o:p></p></div>{OLD}</div>',
    "Outlook for Mac": f'<div>{OWN}</div><span id="OLK_SRC_BODY_SECTION"><div style="border-top: #b5c4df 1pt solid">{FIELDS}</div>{OLD}</span>',
    "Outlook for iOS": f'<div dir="ltr">{OWN}</div><div id="ms-outlook-mobile-signature">Skickat från <a href="https://aka.ms/o0ukef">Outlook för iOS</a></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg">{FIELDS}</div>{OLD}',
    "Windows Mail": f'<div class="WordSection1"><p class="MsoNormal">{OWN}</p><p>Skickades från <a href="https://go.microsoft.com/fwlink/?LinkId=550986">E-post</a> för Windows</p><div style="mso-element:para-border-div;border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal" style="border:none;padding:0cm">{FIELDS}</p></div>{OLD}</div>',
    "Gmail": f'<div dir="ltr">{OWN}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{SAYS}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{OLD}</blockquote></div>',
    "Apple Mail": f'{OWN}<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>12 nov. 2026 kl. 09:12 skrev Bo Ek &lt;bo.ek@ekvik.example&gt;:</div><br class="Apple-interchange-newline"><div>{OLD}</div></blockquote></div>',
    "iPhone": f'<div dir="ltr">{OWN}</div><div dir="ltr"><br><blockquote type="cite">12 nov. 2026 kl. 09:12 skrev Bo Ek &lt;bo.ek@ekvik.example&gt;:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{OLD}</div></blockquote>',
    "Thunderbird": f'<p>{OWN}</p><div class="moz-cite-prefix">Den 2026-11-12 kl. 09:12, skrev Bo Ek:<br></div><blockquote type="cite" cite="mid:1@ekvik.example">{OLD}</blockquote>',
    "Yahoo": f'<div class="ydp9yahoo-style-wrap"><div dir="ltr">{OWN}</div></div><div id="ydp12345678yahoo_quoted_7" class="ydp12345678yahoo_quoted"><div>Den torsdag 12 november 2026 09:12:11 CET, Bo Ek &lt;bo.ek@ekvik.example&gt; skrev:</div>{OLD}</div>',
    "Proton": f'<div style="font-family: Arial">{OWN}</div><div class="protonmail_signature_block protonmail_signature_block-empty"></div><div class="protonmail_quote">{SAYS}<br><blockquote class="protonmail_quote" type="cite">{OLD}</blockquote></div>',
    "Tuta": f'<div>{OWN}</div><div>12 nov. 2026 09:12 av bo.ek@ekvik.example:<br></div><blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8;">{OLD}</blockquote>',
    "Zoho": f'<div>{OWN}</div><div class="zmail_extra_hr" style="border-top: 1px solid #ccc;"></div><div class="zmail_extra" data-zbluepencil-ignore="true"><div>---- Den tors, 12 nov 2026 09:12:11 +0100 <b>Bo Ek &lt;bo.ek@ekvik.example&gt;</b> skrev ----</div><blockquote id="blockquote_zmail">{OLD}</blockquote></div>',
    "Samsung": f'<div dir="auto">{OWN}</div><div id="composer_signature" dir="auto"><div>Skickat från min Galaxy</div></div><div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- Originalmeddelande --------</div><div>Från: Bo Ek &lt;bo.ek@ekvik.example&gt; </div><div>Datum: 2026-11-12  09:12  (GMT+01:00) </div><div>Till: gun.al@example.org </div><div>Ämne: Lampan </div></div>{OLD}',
    "Spark": f'<div>{OWN}</div><div name="messageSignatureSection"><br></div><div name="messageReplySection">12 nov. 2026 kl. 09:12 +0100 skrev Bo Ek &lt;bo.ek@ekvik.example&gt;:<br><blockquote type="cite" style="border-left-color: grey; border-left-width: thin">{OLD}</blockquote></div>',
    "eM Client": f'<div>{OWN}</div><div>------ Originalmeddelande ------</div><div>Från: "Bo Ek" &lt;bo.ek@ekvik.example&gt;</div><div>Till: gun.al@example.org</div><div>Skickat: 2026-11-12 09:12:11</div><div>Ämne: Lampan</div><div id="x123"><blockquote cite="1@ekvik.example" type="cite" class="cite2">{OLD}</blockquote></div>',
    "Roundcube": f'<p>{OWN}</p><p id="reply-intro">2026-11-12 09:12 skrev Bo Ek:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">{OLD}</blockquote>',
    "Horde": f'<p>{OWN}</p><p>Citerar Bo Ek &lt;bo.ek@ekvik.example&gt;:</p><blockquote type="cite" style="border-left:2px solid blue;margin-left:2px;padding-left:12px;">{OLD}</blockquote>',
    "GroupWise": f'<div>{OWN}</div><div class="GroupWiseMessageBody"><div>&gt;&gt;&gt; Bo Ek &lt;bo.ek@ekvik.example&gt; 2026-11-12 09:12 &gt;&gt;&gt;</div>{OLD}</div>',
    "Notes": f'<p><font size="2" face="sans-serif">{OWN}</font></p><font color="#990099">-----Bo Ek &lt;bo.ek@ekvik.example&gt; skrev: -----</font><div style="padding-left:5px;border-left:solid black 2px">Till: gun.al@example.org<br>Från: Bo Ek<br>Datum: 2026-11-12 09:12<br>Ärende: Lampan<br>{OLD}</div>',
    "Fastmail": f'<div>{OWN}</div><div><br></div><div>On Thu, Nov 12, 2026, at 09:12, Bo Ek wrote:</div><blockquote type="cite" id="qt" style="">{OLD}</blockquote>',
    "Open-Xchange": f'<p>{OWN}</p><blockquote type="cite"><div>Bo Ek &lt;bo.ek@ekvik.example&gt; skrev den 12.11.2026 09:12 CET:</div>{OLD}</blockquote>',
    "Airmail": f'<div>{OWN}</div><p class="airmail_on">On 12 November 2026 at 09:12:11, Bo Ek (bo.ek@ekvik.example) wrote:</p><blockquote type="cite" class="clean_bq"><span>{OLD}</span></blockquote>',
    "Mailspring": f'<div>{OWN}</div><br><div class="gmail_quote_attribution">On Nov 12 2026, at 9:12 am, Bo Ek &lt;bo.ek@ekvik.example&gt; wrote:</div><blockquote>{OLD}</blockquote>',
    "Front": f'<div>{OWN}</div><br><blockquote type="cite" class="front-blockquote"><div>On November 12, 2026 at 9:12 AM GMT+1, Bo Ek &lt;bo.ek@ekvik.example&gt; wrote:</div>{OLD}</blockquote>',
    "K-9": f'<!DOCTYPE html><html><body><div dir="auto">{OWN}</div><br><br><div class="gmail_quote"><div dir="auto">Den 12 november 2026 09:12:11 CET, skrev Bo Ek &lt;bo.ek@ekvik.example&gt;:</div><blockquote class="gmail_quote" style="margin: 0pt 0pt 1ex 0.8ex; border-left: 1px solid #729fcf;">{OLD}</blockquote></div></body></html>',
    "Zimbra": f'<div>{OWN}</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><blockquote style="border-left:2px solid #1010FF"><b>Från: </b>"Bo Ek" &lt;bo.ek@ekvik.example&gt;<br><b>Till: </b>Gun<br><b>Skickat: </b>torsdag, 12 nov 2026 9:12:11<br><b>Ämne: </b>Lampan<br></blockquote></div><div data-marker="__QUOTED_TEXT__"><blockquote style="border-left:2px solid #1010FF">{OLD}</blockquote></div>',
    "Telia": f"<div>{OWN}</div><div>----Ursprungligt meddelande----<br>Från : bo.ek@ekvik.example<br>Datum : 12/11/2026 - 09:12 (CEST)<br>Till : gun.al@example.org<br>Ämne : Lampan<br></div>{OLD}",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_what_a_page_quotes_goes(page: str) -> None:
    found = fresh(markup.to_text(page), page)
    assert found.new_text == OWN
    assert not DOUBTS.intersection(found.warnings)


@pytest.mark.parametrize("page", [p for n, p in PAGES.items() if n != "Notes"])
def test_also_where_the_text_part_shows_nothing_of_it(page: str) -> None:
    found = fresh(f"{OWN}\n\n{OLD_TEXT}", page)
    assert found.new_text == OWN


def test_a_line_that_only_the_text_part_has_stays_beside_what_the_page_shows() -> None:
    found = fresh(f"{OWN}\n\nRing mig gärna på kvällen.\n\n{OLD_TEXT}", PAGES["Gmail"])
    assert found.new_text == f"{OWN}\n\nRing mig gärna på kvällen."
    assert DOUBTS.intersection(found.warnings)


@pytest.mark.parametrize("name", ["Thunderbird", "Gmail", "Proton"])
def test_an_answer_within_the_quotation_of_a_page_stays(name: str) -> None:
    page = PAGES[name].replace(
        "Vilken lampa gäller det?</div>",
        "Vilken lampa gäller det?</div></blockquote><div>Den vid bron.</div><blockquote type='cite'>",
    )
    assert "Den vid bron." in fresh(markup.to_text(page), page).new_text
