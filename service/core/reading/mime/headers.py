"""Header fields: cutting the block, RFC 2047 words, RFC 2231 parameters, dates."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from itertools import groupby
from urllib.parse import unquote_to_bytes

from service.core.reading.mime.decoding import clean, codec, decode, guess, one_line

# Encoded words cost more than linear time to read, and no honest header is this long.
MAX_BLOCK = 256 * 1024

Fields = list[tuple[str, str]]

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*(.*)", re.DOTALL)
_BLANK_LINE = re.compile(rb"\n\r?\n")
# What shows that a line that is no field stands inside a header block, not at the start of the text
_KNOWN = re.compile(
    rb"^(?:x-|content-|list-|resent-|arc-|authentication|received|return-path|delivered|envelope|from|to|cc|bcc|reply|"
    rb"sender|date|subject|message-id|in-reply|references|mime|precedence|auto|dkim|user-agent|thread|importance|"
    rb"priority|errors-to)[!-9;-~]*[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)


def start(raw: bytes) -> tuple[bytes, int]:
    """Return the mail with line feeds and where it begins, after a byte order mark and blank lines."""
    sample = raw[:65536]
    if b"\r\r\n" in sample:
        raw = raw.replace(b"\r\r\n", b"\n")
    elif b"\r" in sample and b"\n" not in sample:
        raw = raw.replace(b"\r", b"\n")
    opening = raw[:1000]
    return raw, len(opening) - len(opening.lstrip(b"\xef\xbb\xbf\r\n"))


def cut(raw: bytes, start: int, end: int) -> tuple[Fields, int, list[str]]:
    """Cut the header block that begins at `start`: its fields in order (unfolded), where the body begins, warnings."""
    found = _BLANK_LINE.search(raw, max(start - 1, 0), end)
    stop, body = (found.start(), found.end()) if found else (end, end)
    if found and found.start() < start:
        return [], body, []
    warnings = []
    block = raw[start : min(stop, start + MAX_BLOCK)]
    if stop - start > MAX_BLOCK:
        warnings.append(f"header block of {stop - start} bytes was cut after {MAX_BLOCK}")
        block = block[: block.rfind(b"\n") + 1] or block
    fields, used = _fields(block)
    if used < len(block):
        body = start + used
        warnings.append("the header ends without a blank line")
    return fields, body, warnings


def _fields(block: bytes) -> tuple[Fields, int]:
    """Return the fields and how many bytes of the block are header: fewer where text follows without a break."""
    found: list[tuple[bytes, list[bytes]]] = []
    used = 0
    last_known = max((match.start() for match in _KNOWN.finditer(block)), default=-1)
    for line in block.splitlines(keepends=True):
        field = _FIELD.match(line)
        if used >= last_known and not line.strip():
            return _decoded(found), used + len(line)
        if line[:1] in {b" ", b"\t"} and found:
            found[-1][1].append(b" " + line.strip())
        elif line.startswith((b"From ", b">From ")) and not found:
            pass
        elif field:
            found.append((field[1], [field[2].strip()]))
        elif found and used < last_known:
            found[-1][1].append(b" " + line.strip())
        elif line.strip():
            break
        used += len(line)
    return _decoded(found), used


def _decoded(found: list[tuple[bytes, list[bytes]]]) -> Fields:
    return [(name.decode("ascii"), clean(guess(b"".join(value))).replace("\n", " ")) for name, value in found]


def first(fields: Fields, name: str) -> str:
    """Return the first value of the field, '' if there is none."""
    return next((value for key, value in fields if key.lower() == name), "")


def every(fields: Fields, name: str) -> list[str]:
    """Return all values of the field, from the top."""
    return [value for key, value in fields if key.lower() == name]


# RFC 2047

# Tolerant: blanks and question marks inside the text, no blank before or after. Every run ends at the next "=?", so the
# search is linear.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?\s?([bBqQ])\s?\?((?:[^?=]|=(?!\?[^=])|\?(?!=))*)\?=")


def words(value: str) -> str:
    """Decode the encoded words of a header value, also broken ones; what can't be decoded stays as it is."""
    if "=?" not in value:
        return value
    out: list[str] = []
    run: list[tuple[str, str, str]] = []
    at = 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        if not run or between.strip():
            out += [_run(run), between]
            run = []
        run.append((word[1].split("*", 1)[0], word[2].upper(), word[3]))
        at = word.end()
    return "".join([*out, _run(run), value[at:]])


def _run(run: list[tuple[str, str, str]]) -> str:
    """Decode adjacent words; bytes of one charset are put together first, as some mailers split characters."""
    out: list[str] = []
    for charset, same in groupby(run, key=lambda word: word[0].lower()):
        group = list(same)
        data = b"".join(_q(text) if form == "Q" else _b(text) for _, form, text in group)
        if charset == "iso-8859-1":
            data = data.replace(b"\x85", b" ")  # NEL, its sign for a new line, has no place in a header
        text, warning = decode(data, charset)
        if (warning or "\ufffd" in text) and all(form == "B" for _, form, _ in group):
            # some mailers cut the base64 text itself in two, between any two letters
            joined, doubt = decode(_b("".join(text for _, _, text in group)), charset)
            text = text if doubt else joined
        out.append(text)
    return clean("".join(out))


def _q(text: str) -> bytes:
    return binascii.a2b_qp(text.replace(" ", "_").encode("utf-8"), header=True)


def _b(text: str) -> bytes:
    letters = re.sub(r"[^A-Za-z0-9+/]", "", text.replace("-", "+").replace("_", "/"))
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))


def unstructured(value: str) -> str:
    """Return a decoded value on one line (Subject and the like)."""
    text = one_line(words(value), MAX_BLOCK)
    return one_line(words(text), MAX_BLOCK) if "=?" in text else text


_NAME_AND_ADDRESS = re.compile(r'([^"<>@:;]++)(<(?=[^<>@]*+@)[^<>]++>\s*+)')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def addresses(value: str) -> str:
    """Return an address field with its encoded words turned into quoted strings.

    Decoded names may hold commas and angle brackets, which must not be taken for the field's own.
    """
    if (one := _NAME_AND_ADDRESS.fullmatch(value)) and one[1].lstrip(", \t\r\n").partition(",")[2]:
        value = _quoted(words(one[1])) + one[2]
    if "=?" not in value:
        return value
    value = _QUOTED.sub(lambda found: _quoted(words(found[1])) if "=?" in found[1] else found[0], value)
    out: list[str] = []
    at = 0
    for run in _RUN.finditer(value):
        out += [value[at : run.start()], _quoted(words(run[0]))]
        at = run.end()
    return "".join([*out, value[at:]])


_RUN = re.compile(rf"{_WORD.pattern}(?:\s*{_WORD.pattern})*")


def _quoted(text: str) -> str:
    return '"' + one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '" '


# RFC 2045 and 2231: parameters

_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*("(?:[^"\\]|\\.)*"|"[^"]*$|[^;"]*)')
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


_MAX_DIGITS = 3


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return what stands before the first semicolon (in small letters) and the parameters, decoded."""
    head = value.split(";", 1)[0].strip().strip("\"'").lower()
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, text in _PARAMETER.findall(";" + value.partition(";")[2]):
        base, star, index = name.lower().partition("*")
        content = _unquoted(text.strip())
        if not star:
            plain.setdefault(base, content)
            continue
        number = index.rstrip("*")
        if number.isascii() and (number.isdigit() or not number) and len(number) <= _MAX_DIGITS:
            extended = index.endswith("*") or not index
            pieces.setdefault(base, []).append((int(number or 0), extended, content))
    found = {name: one_line(_parameter(text)) for name, text in plain.items()}
    for name, parts in pieces.items():
        text = one_line(_continued(sorted(parts, key=lambda part: part[0])))
        if text:
            found[name] = text
    return head, found


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    inner = text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:]
    # A backslash before a letter is a Windows path, not an escape
    return re.sub(r'\\(["\\])', r"\1", inner)


def _parameter(text: str) -> str:
    """Decode what senders put into a plain parameter: encoded words, or an extended value without its star."""
    if "=?" in text:
        return words(text)
    if "''" in text and _PERCENT.search(text) and codec(text.split("''", maxsplit=1)[0]):
        return _continued([(0, True, text)])
    if _PERCENT.search(text):
        data = unquote_to_bytes(text)
        try:
            decoded = data.decode("utf-8")
        except UnicodeDecodeError:
            return text
        return text if decoded.isascii() else decoded
    return text


def _continued(parts: list[tuple[int, bool, str]]) -> str:
    """Join the sections of an RFC 2231 value; percent signs are decoded in the starred ones only."""
    charset = None
    data = b""
    for position, (_, extended, text) in enumerate(parts):
        value = text
        if extended and position == 0 and value.count("'") > 1:
            charset, _, value = value.split("'", 2)
        data += unquote_to_bytes(value) if extended else value.encode("utf-8", "replace")
    if any(extended for _, extended, _ in parts):
        return words(decode(data, charset)[0])
    return words(data.decode("utf-8", "replace"))


# Dates

_SWEDISH_MONTHS = {"maj": "may", "okt": "oct", "juni": "jun", "juli": "jul", "augusti": "aug", "mars": "mar"}
_MONTH = re.compile(r"\b(" + "|".join(_SWEDISH_MONTHS) + r")\b", re.IGNORECASE)
_DAY = re.compile(r"^\s*(?:(?:mån|tis|ons|tors?|fre|lör|sön)[a-zåäö]*\.?,?\s*)?(?:den\s+)?", re.IGNORECASE)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ]+(\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_ZONES = {"CET": "+0100", "MET": "+0100", "MEZ": "+0100", "CEST": "+0200", "MEST": "+0200", "MESZ": "+0200"}
_ZONES |= {"EET": "+0200", "EEST": "+0300", "WET": "+0000", "WEST": "+0100"}
_ZONE = re.compile(r"(?<=\d) +(" + "|".join(_ZONES) + r")\b(?=\s*(?:\(|$))")
_HAS_ZONE = re.compile(r"[+-]\d{3,4}\b|\b(?:UTC?|GMT|[ECMP][SD]T|Z)\b")


def with_numeric_zone(value: str) -> str:
    """Return the date with a European zone name as its offset; other readers take such names for UTC."""
    return _ZONE.sub(lambda found: " " + _ZONES[found[1]], value)


def plausible(moment: datetime) -> datetime | None:
    """Return the moment unless no mail is of it: with years that any time zone and any sum of days stays within."""
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def date(value: str) -> tuple[datetime | None, str | None]:
    """Read a date that no strict reader takes: aware datetime or None, and a warning where something was assumed."""
    text = with_numeric_zone(value.strip()[:200])
    try:
        moment, warning = _iso(text) or _lenient(text)
    except (ValueError, OverflowError, TypeError):
        moment = warning = None
    moment = moment and plausible(moment)
    return moment, warning if moment else f"date could not be read: {text[:60]!r}"


def _iso(text: str) -> tuple[datetime, str | None] | None:
    found = _ISO.search(text)
    if not found:
        return None
    zone = (found[3] or "").upper().replace("Z", "+00:00")
    moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}")
    return (moment, None) if zone else (moment.replace(tzinfo=UTC), "date without time zone taken as UTC")


def _lenient(text: str) -> tuple[datetime | None, str | None]:
    text = (
        _MONTH.sub(lambda found: _SWEDISH_MONTHS[found[1].lower()], _DAY.sub("", text))
        .replace("kl.", "")
        .replace(" kl ", " ")
    )
    parts = parsedate_tz(text)
    if parts is None:
        return None, f"date could not be read: {text[:60]!r}"
    second = min(parts[5], 59)
    moment = datetime(parts[0], parts[1], parts[2], parts[3], parts[4], second, tzinfo=UTC)
    offset = parts[9]
    if offset is None or not _HAS_ZONE.search(text):
        return moment, "date without time zone taken as UTC"
    if abs(offset) >= 24 * 3600:
        return moment, "date with an impossible time zone taken as UTC"
    return moment.replace(tzinfo=timezone(timedelta(seconds=offset))), None
