"""HTML to text: what a person would read."""

from __future__ import annotations

import pytest

from service.core.reading.mime.markup import to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>Ett</p><p>Två<br>rader</p>", "Ett\n\nTvå\nrader", id="paragraphs"),
        pytest.param("Bara text &aring;", "Bara text å", id="no tags"),
        pytest.param("<title>T</title><style>p{}</style><script>x</script><p>Hej</p>", "Hej", id="not shown"),
        pytest.param('<span style="display:none">Förhandstext</span><p>Hej</p>', "Hej", id="preheader"),
        pytest.param(
            "<p class=MsoNormal>Hej!</p><p class=MsoNormal>&nbsp;</p>"
            "<p class=MsoNormal>Mvh</p><p class=MsoNormal>Anna</p>",
            "Hej!\n\nMvh\nAnna",
            id="Outlook's lines",
        ),
        pytest.param('<p style="margin:0">A</p><p style="margin:0">B</p>', "A\nB", id="paragraphs without margin"),
        pytest.param("<div>Hej<div><br></div><div>Mvh</div></div>", "Hej\n\nMvh", id="Gmail's lines"),
        pytest.param("<ul><li>Ett<li>Två</ul><ol><li>A<li>B</ol>", "  * Ett\n  * Två\n 1. A\n 2. B", id="lists"),
        pytest.param(
            "<table><tr><td>Namn</td><td>Anna Ek</td></tr><tr><td>Din synpunkt</td><td>Hål</td></tr></table>",
            "Namn          Anna Ek\nDin synpunkt  Hål",
            id="table",
        ),
        pytest.param(
            "<table><tr><td><table><tr><td>Ekvik</td></tr></table></td></tr><tr><td><p>Hej</p></td></tr></table>",
            "Ekvik\n\nHej",
            id="table that only places",
        ),
        pytest.param(
            '<a href="https://ekvik.example/karta">kartan</a>.', "kartan <https://ekvik.example/karta>.", id="link"
        ),
        pytest.param('<a href="https://ekvik.example/">ekvik.example</a>', "ekvik.example", id="link that says itself"),
        pytest.param('<a href="mailto:a@b.se"><b>a@b.se</b></a>', "a@b.se", id="address"),
        pytest.param("<pre>x  y\n z</pre>", "x  y\n z", id="preformatted"),
        pytest.param("<p>a\xad\u200bb\xa0c</p>", "ab c", id="invisible characters"),
        pytest.param("<body></body>", "", id="nothing"),
        pytest.param("", "", id="no HTML"),
    ],
)
def test_to_text(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + "hej",
        "<x>" * 5_000 + "hej",
        "<table><tr><td>" * 150 + "hej",
        "<!--" * 100_000 + "hej",
        "<" * 100_000 + " hej",
        "<table><tr>" + "<td>abc</td>" * 300 + "</tr></table>hej",
        "<table><tr><td>" + "a" * 200 + "</td><td>b</td></tr>" + "<tr><td>c</td><td>hej</td></tr>" * 500 + "</table>",
        "<p style='padding-left:99999999px;margin-bottom:9999999em'>hej</p>",
    ],
    ids=["divs", "unknown tags", "tables", "comments", "brackets", "wide table", "long table", "styles"],
)
def test_hostile_html_keeps_its_text_and_size(html: str) -> None:
    text = to_text(html)
    assert "hej" in text
    assert len(text) <= len(html) + 100
