"""Registry numbers (diarienummer), such as `KS 2026-00341`, `KS/2026:341` or `BUN 2026/45`: each diary has a form.

A municipality shows the form by an example (`diary.number`); then a number is written as the example is, whatever
marks and blanks were typed.
"""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(r"([A-ZÅÄÖ]{1,8})([\s/:.-]*)((?:19|20)?\d{2})(\s*[-/:.]\s*)(\d{1,7})")
ANY_EXAMPLE: Final = "KS 2026-00123"


def is_number(text: str) -> bool:
    """Whether the text is a registry number: a series in capitals, a year and a serial number."""
    return _NUMBER.fullmatch(text) is not None


def read_number(text: str, example: str = "") -> str:
    """The number as the diary writes it; empty where the text is none, or not of the example's form."""
    found = _NUMBER.fullmatch(" ".join(text.upper().strip(" .,").removeprefix("DNR").strip(" .:").split()))
    model = _NUMBER.fullmatch(example)
    if found is None or model is None:
        return found[0] if found else ""
    if len(found[3]) != len(model[3]):
        return ""
    return f"{found[1]}{model[2]}{found[3]}{model[4]}{found[5].zfill(len(model[5]))}"
