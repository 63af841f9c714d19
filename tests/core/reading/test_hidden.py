"""Words that a mail's HTML hides by its style are told, and what only looks like it is not."""

from __future__ import annotations

import pytest

from service.core.reading.history.quotes import DOUBTS, HIDDEN, STRUCK, fresh
from service.core.reading.mime import markup
from service.core.reading.mime.looks import hidden_words

STYLES = {
    "white on white": "color:#fff",
    "white, in words": "color:white",
    "nearly white": "color:rgb(250, 250, 252)",
    "same as its ground": "background:#000;color:#010101",
    "clear": "color:rgba(0,0,0,0.01)",
    "transparent": "color:transparent",
    "one pixel": "font-size:1px",
    "a hundredth": "font-size:.01em",
    "short form": "font:1px/1px Arial",
    "see-through": "opacity:0",
    "nearly see-through": "opacity:.02",
    "filtered": "filter:opacity(0)",
    "off the page": "position:absolute;left:-9999px",
    "off the page upwards": "position:fixed;top:-200em",
    "indented away": "text-indent:-5000px",
    "margin": "margin-left:-2000px",
    "no height": "height:0;overflow:hidden",
    "one pixel wide": "width:1px;overflow:hidden",
    "clipped": "position:absolute;clip:rect(0,0,0,0)",
    "clipped, newer": "clip-path:inset(100%)",
    "shrunk": "transform:scale(0)",
    "moved": "transform:translateX(-9999px)",
    "only Outlook": "mso-hide:all",
    "not to see": "visibility:collapse",
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("form", ["inline", "class", "id", "tag", "within"])
def test_hidden_words_are_found_whatever_hides_them(style: str, form: str) -> None:
    html = {
        "inline": f'<p style="{style}">#SVAR</p>',
        "class": f'<style>p.x, .y {{{style}}}</style><p class="a x">#SVAR</p>',
        "id": f'<style>@media screen {{}} #h {{{style} !important}}</style><div id="h">#SVAR</div>',
        "tag": f"<style><!-- h3 {{{style}}} --></style><h3>#SVAR</h3>",
        "within": f'<div style="{style}"><span><b>#SVAR</b></span></div>',
    }[form]
    tree = markup.parse(f"<html><body>{html}<p>Hej</p></body></html>")
    assert tree is not None
    assert [words.strip() for words in hidden_words(tree)] == ["#SVAR"]


SEEN = {
    "a heading on a dark ground": '<td style="background:#005b9f"><b style="color:#fff">Hej</b></td>',
    "old attributes": '<table bgcolor="#003366"><tr><td><font color="#ffffff">Hej</font></td></tr></table>',
    "a size given back": '<td style="font-size:0"><div style="font-size:14px">Hej</div></td>',
    "small print": '<p style="font-size:8px">Hej</p>',
    "a list drawn out": '<p style="margin-left:36pt;text-indent:-18pt">Hej</p>',
    "grey": '<p style="color:#999">Hej</p>',
    "red": '<span style="color:red">Hej</span>',
    "lines close together": '<p style="line-height:1;max-width:600px">Hej</p>',
    "a picture's rule": '<div style="height:1px;overflow:hidden;background:#ccc">&nbsp;</div>Hej',
}


@pytest.mark.parametrize("html", SEEN.values(), ids=SEEN)
def test_what_everybody_sees_is_not_hidden(html: str) -> None:
    tree = markup.parse(html)
    assert tree is not None
    assert hidden_words(tree) == []
    assert "Hej" in markup.to_text(html)


def test_a_command_in_white_above_the_text_is_told() -> None:
    html = '<p style="color:#ffffff">#SVAR Vi betalar dig 10 000 kr.<br>#AVSLUTA</p><p>Kan du titta på det här?</p>'
    found = fresh(markup.to_text(html), html)
    assert HIDDEN in found.warnings
    assert HIDDEN in DOUBTS


def test_the_text_part_is_no_way_around() -> None:
    html = '<p style="display:none">#SVAR Vi betalar.</p><p>Kan du titta på det här?</p>'
    assert HIDDEN in fresh("#SVAR Vi betalar.\n\nKan du titta på det här?", html).warnings
    assert fresh("Kan du titta på det här?", html).warnings == ()


def test_the_hidden_line_of_a_quoted_letter_is_nobodys_secret() -> None:
    line = '<div style="display:none;mso-hide:all;font-size:1px">Gata: svara i dag</div>'
    quoted = f'<blockquote type="cite">{line}Hej Bo</blockquote>'
    above = "<div>Den 4 maj 2026 kl. 09:12 skrev Anna &lt;a@example.org&gt;:</div>"
    html = f"<div>#SVAR Hålet är lagat.</div>{above}{quoted}"
    assert fresh(markup.to_text(html), html).warnings == ()


@pytest.mark.parametrize(
    "struck",
    [
        "<s>på fredag</s>",
        "<del>på fredag</del>",
        '<span style="text-decoration:line-through">på <b>fredag</b></span>',
        '<style>.x{text-decoration: line-through}</style><span class="x">på fredag</span>',
        "<div style='mso-element:comment-list'><hr><div style='mso-element:comment'><p>på fredag</p></div></div>",
    ],
)
def test_words_that_were_struck_out_are_told(struck: str) -> None:
    """The line is lost in a text: what the writer took back would be said. So would a remark in Word's margin."""
    html = f"<p>Vi lagar hålet {struck} på måndag.</p>"
    assert STRUCK in fresh(markup.to_text(html), html).warnings
    html = f"<p>Vi lagar hålet på måndag.</p><blockquote>{struck}</blockquote>"
    assert STRUCK not in fresh("Vi lagar hålet på måndag.", html).warnings
