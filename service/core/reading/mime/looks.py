"""What the styles of an HTML body do to its words: some are hidden, some stand in a colour of their own.

Hidden words (white on white, one pixel high, moved off the page) have not been seen by a person who passes a mail on,
or answers it. They stay in the text, since no style is proof of what a program shows; whoever acts on the words asks
first. Words in red or marked with yellow are how people answer inside what they quote. Inline styles, old attributes
and style sheets' simple selectors (tag, class, id) are looked at; each element and each rule once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

_MOST_STYLE = 100_000  # signs of style sheets that are read
_MOST_RULES = 2_000
_MOST_FOUND = 100
_MOST_WORDS = 2_000  # signs of one hidden stretch
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_COMMENT = re.compile(r"/\*|\*/")
_SIMPLE = re.compile(r"(?:^|[\s>+~])([a-z*][a-z0-9]{0,20})?((?:[.#][\w-]{1,80}){0,4})$", re.IGNORECASE)
_NAME = re.compile(r"[.#][\w-]{1,80}")
_LETTER = re.compile(r"[^\W_]")

Style = dict[str, str]
Colour = tuple[int, int, int]

_NUMBER = r"(-?\d{0,6}(?:\.\d{0,6})?)"
_LENGTH = re.compile(rf"{_NUMBER}\s{{0,2}}(px|pt|em|rem|ex|%|vw|vh|cm|mm|in|pc|)", re.IGNORECASE)
_PIXELS = {"px": 1, "pt": 1.33, "em": 16, "rem": 16, "ex": 8, "%": 0.16, "vw": 10, "vh": 8, "cm": 38, "mm": 3.8}
_LEAST_SIZE = 3.0  # pixels: smaller writing is read by nobody
_LEAST_OPACITY = 0.15
_FAR = -90.0  # pixels to the left or above, from where nothing is seen
_NEARLY_ONE = 1.5  # pixels

_CLIPPED = re.compile(
    r"rect\(\s?(?:0|1)(?:px)?[\s,]+(?:0|1)(?:px)?[\s,]+(?:0|1)(?:px)?|inset\(\s?(?:[5-9]\d|100)%|(?:circle|ellipse)\(\s?0",
    re.IGNORECASE,
)
_PLACES = ("left", "top", "right", "bottom", "text-indent", "margin-left", "margin-top", "margin", "letter-spacing")
_MOVED_AWAY = re.compile(
    r"scale[xy]?\(\s?0(?:\.0\d{0,4})?\s?[,)]|translate[xy]?\([^)]{0,20}-\d{3,}|translate[xy]?\(\s?-1\d\d%",
    re.IGNORECASE,
)
_FILTERED = re.compile(r"opacity\(\s?0?\.?0", re.IGNORECASE)
_SHORTHAND_SIZE = re.compile(rf"(?:^|\s){_NUMBER}(px|pt|em|rem|%|)(?:\s?/|\s|$)", re.IGNORECASE)
_COLOUR = re.compile(
    r"#(?P<hex>[0-9a-f]{3,8})\b|rgba?\(\s?(?P<rgb>\d{1,3}[\s,]{1,3}\d{1,3}[\s,]{1,3}\d{1,3})"
    r"(?:\s?[,/]\s?(?P<alpha>[\d.]{1,5})%?)?\s?\)|\b(?P<name>white|snow|ivory|black|transparent|windowtext|window"
    r"|red|darkred|crimson|blue|green|purple|orange|magenta|yellow|lime|cyan)\b",
    re.IGNORECASE,
)
_NAMED = {
    "red": (255, 0, 0),
    "darkred": (139, 0, 0),
    "crimson": (220, 20, 60),
    "blue": (0, 0, 255),
    "green": (0, 128, 0),
    "purple": (128, 0, 128),
    "orange": (255, 165, 0),
    "magenta": (255, 0, 255),
    "yellow": (255, 255, 0),
    "lime": (0, 255, 0),
    "cyan": (0, 255, 255),
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "window": (255, 255, 255),
    "black": (0, 0, 0),
    "windowtext": (0, 0, 0),
}
_WHITE = (255, 255, 255)
_ALIKE = 24  # difference of each colour, of 255, that no eye tells


def hidden_words(tree: HtmlElement) -> list[str]:
    """Return the stretches of text that the styles hide, in the order of the document, each cut to some length.

    The tree must still have its styles, and is not changed.
    """
    sheet = _Sheet(tree)
    found: list[str] = []
    waiting = [(tree, _Inherited(), False)]
    while waiting and len(found) < _MOST_FOUND:
        element, around, unread = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in {"style", "script", "head", "title"}:
            continue
        style = sheet.style_of(element)
        own = around.within(style, element)
        unread = unread if own is around else own.hides
        is_page = element.tag in {"html", "body"}
        if not is_page and (element.get("hidden") is not None or _hides_all(style)):
            words = "".join(_first(element.itertext()))
        else:
            waiting.extend((child, own, unread) for child in reversed(element))
            words = "".join(_first(_direct(element))) if unread and not is_page else ""
        if _LETTER.search(words):
            found.append(words[:_MOST_WORDS])
    return found


def coloured_words(tree: HtmlElement) -> list[str]:
    """Return the stretches of text in a bright colour or on a bright ground of their own, links left aside."""
    sheet = _Sheet(tree)
    found: list[str] = []
    waiting = [(tree, _Inherited(), False)]
    while waiting and len(found) < _MOST_FOUND:
        element, around, is_marked = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in {"style", "script", "head", "title", "a"}:
            continue
        style = sheet.style_of(element)
        own = around.within(style, element)
        is_marked |= element.tag == "mark" or (element.tag in _WITHIN_LINES and _is_bright(_background(style, element)))
        if is_marked or _is_bright(own.colour):
            words = " ".join("".join(_first(_direct(element))).split())
            if _LETTER.search(words):
                found.append(words[:_MOST_WORDS])
        waiting.extend((child, own, is_marked) for child in reversed(element))
    return found


def struck_words(tree: HtmlElement) -> list[str]:
    """Return the stretches of text with a line through them, each cut to some length: what their writer took back.

    Likewise the remarks in Word's margin, which Outlook sends below the text.
    """
    sheet = _Sheet(tree)
    found: list[str] = []
    waiting = [tree]
    while waiting and len(found) < _MOST_FOUND:
        element = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in {"style", "script", "head", "title"}:
            continue
        style = sheet.style_of(element)
        drawn = f"{style.get('text-decoration')} {style.get('text-decoration-line')}" if style else ""
        is_struck = element.tag in {"s", "strike", "del"} or "line-through" in drawn
        if not is_struck and style.get("mso-element") != "comment":
            waiting.extend(reversed(element))
            continue
        words = "".join(_first(element.itertext()))
        if _LETTER.search(words):
            found.append(words[:_MOST_WORDS])
    return found


_WITHIN_LINES = frozenset({"span", "font", "b", "i", "u", "em", "strong"})
_BRIGHT = 110  # difference between the strongest and the weakest colour, of 255: Outlook's dark blue is not meant


def _is_bright(colour: Colour | None) -> bool:
    return colour is not None and max(colour) - min(colour) >= _BRIGHT


def _direct(element: HtmlElement) -> Iterator[str]:
    """The text that stands in the element itself and not in one within it."""
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def _first(texts: Iterator[str]) -> Iterator[str]:
    size = 0
    for text in texts:
        yield text + " "
        size += len(text)
        if size > _MOST_WORDS:
            return


@dataclass(frozen=True, slots=True)
class _Inherited:
    """What an element's text looks like unless the element says otherwise."""

    size: float = 16.0  # pixels
    colour: Colour | None = (0, 0, 0)  # None: transparent
    ground: Colour = _WHITE

    def within(self, style: Style, element: HtmlElement) -> _Inherited:
        """What holds within the element."""
        if not style and element.tag != "font" and not element.get("bgcolor"):
            return self
        size = _pixels(style.get("font-size", ""))
        if size is None and (shorthand := _SHORTHAND_SIZE.search(style.get("font", ""))):
            size = _pixels(shorthand[1] + shorthand[2])
        written = style.get("-webkit-text-fill-color") or style.get("color") or element.get("color") or ""
        found = _COLOUR.search(written.lower())
        colour = self.colour
        if found is not None:
            colour = None if found["name"] == "transparent" or _is_clear(found) else _rgb(found)
        return _Inherited(self.size if size is None else size, colour, _background(style, element) or self.ground)

    @property
    def hides(self) -> bool:
        """Whether nobody can read writing of this size and colour."""
        if self.size < _LEAST_SIZE or self.colour is None:
            return True
        return all(abs(a - b) < _ALIKE for a, b in zip(self.colour, self.ground, strict=True))


class _Sheet:
    """What the style sheets in a mail say of tags, classes and ids."""

    def __init__(self, tree: HtmlElement) -> None:
        self._rules: dict[str, Style] = {}
        text = "\n".join(element.text or "" for element in tree.iter("style"))[:_MOST_STYLE]
        text = _COMMENT.sub(" ", text.replace("<!--", " ").replace("-->", " "))
        for count, rule in enumerate(_RULE.finditer(text)):
            if count > _MOST_RULES:
                break
            style = _declarations(rule[2])
            for selector in rule[1].split(","):
                self._add(selector.strip(), style)

    def _add(self, selector: str, style: Style) -> None:
        """Keep the rule by the last name of its selector; what stands before it only narrows it down."""
        simple = _SIMPLE.search(selector)
        if simple is None:
            return
        names = _NAME.findall(simple[2] or "")
        key = names[-1].lower() if names else (simple[1] or "").lower()
        if key and key not in {"html", "body", "*"}:
            self._rules.setdefault(key, {}).update(style)

    def style_of(self, element: HtmlElement) -> Style:
        """The element's declarations: of its tag, its classes, its id and its own style, the strongest last."""
        style: Style = {}
        if self._rules:
            classes = (element.get("class") or "")[:500].lower().split()
            for key in (element.tag, *(f".{c}" for c in classes), f"#{(element.get('id') or '').lower()}"):
                style |= self._rules.get(key, {})
        own = element.get("style")
        return style | _declarations(own) if own else style


def _declarations(text: str) -> Style:
    pairs = (part.partition(":") for part in text[:4000].split(";"))
    return {
        name.strip().lower(): value.replace("!important", "").strip().lower() for name, colon, value in pairs if colon
    }


def _hides_all(style: Style) -> bool:
    """Whether the style hides the element with everything in it."""
    return bool(style) and (_is_not_drawn(style) or _is_flat(style) or _is_off_page(style))


def _is_not_drawn(style: Style) -> bool:
    if style.get("display") == "none" or style.get("visibility") in {"hidden", "collapse"}:
        return True
    if style.get("mso-hide") == "all":
        return True
    opacity = style.get("opacity", "")
    try:
        if opacity and float(opacity.rstrip("%")) / (100 if opacity.endswith("%") else 1) < _LEAST_OPACITY:
            return True
    except ValueError:
        pass
    return bool(_FILTERED.search(style.get("filter", "")))


def _is_flat(style: Style) -> bool:
    """Whether the element has no height or no width that anybody sees, and cuts what runs over."""
    if not (style.get("overflow", "").startswith(("hidden", "clip")) or "max-height" in style):
        return False
    sides = (_pixels(style.get(name, "")) for name in ("max-height", "height", "max-width", "width"))
    return any(side is not None and side <= _NEARLY_ONE for side in sides)


def _is_off_page(style: Style) -> bool:
    for name in _PLACES:
        lengths = [_pixels(part) for part in style.get(name, "").split()[:4]]
        if any(length is not None and length <= _FAR for length in lengths):
            return True
    if _CLIPPED.search(style.get("clip", "")) or _CLIPPED.search(style.get("clip-path", "")):
        return True
    return bool(_MOVED_AWAY.search(style.get("transform", "")))


def _background(style: Style, element: HtmlElement) -> Colour | None:
    value = style.get("background-color") or style.get("background") or element.get("bgcolor") or ""
    found = _COLOUR.search(value.lower()) if value else None
    return None if found is None or _is_clear(found) else _rgb(found)


def _is_clear(found: re.Match[str]) -> bool:
    try:
        return found["alpha"] is not None and float(found["alpha"]) < _LEAST_OPACITY
    except ValueError:
        return False


def _rgb(found: re.Match[str]) -> Colour | None:
    if found["hex"]:
        digits = found["hex"]
        if len(digits) < 6:  # noqa: PLR2004 - #fff is short for #ffffff
            digits = "".join(digit * 2 for digit in digits[:3])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    if found["rgb"]:
        red, green, blue = (min(int(n), 255) for n in re.findall(r"\d+", found["rgb"]))
        return red, green, blue
    return _NAMED.get(found["name"].lower())


def _pixels(value: str) -> float | None:
    """A length in pixels of the screen, roughly; None where the value is none."""
    found = _LENGTH.match(value.strip())
    if found is None or not found[1].strip("-."):
        return None
    return float(found[1]) * _PIXELS.get(found[2].lower(), 1)
