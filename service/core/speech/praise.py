"""Praise and nothing else: a few kind words about staff, without anybody's circumstances (KOP-02, KLI-21).

A unit whose matters are secret may be praised in the open where only secret content is exempt. In doubt it is no mere
praise: whoever tells of a mother or an illness, or adds a "but", tells something that may be secret.
"""

from __future__ import annotations

import re
from typing import Final

from service.core.speech.commands import fold
from service.core.speech.phrasing import own_words

_KIND: Final = re.compile(
    r"\b(?:tack\w*|underbar\w*|fantastisk\w*|beromm?\w*|eloge|guld varda?|jattebra|superbra|toppen|enastaende"
    r"|val utfort|bra jobb\w*|duktig\w*|vanlig(?:a|t)?|omtanksam\w*|harlig\w*|strong(?:t)?|imponera\w*|bast(?:a)?)\b"
)
_MORE: Final = re.compile(
    r"\b(?:men|fast|dock|tyvarr|daremot|trots|anda|utom|inte|ej|aldrig|ingen|inget|inga|saknar|borde|varfor|synd|brist\w*"
    r"|problem\w*|klaga\w*|klagomal\w*|dalig\w*|samre|fel|ont|"
    r"mamma\w*|pappa\w*|mor|far|morfar|mormor|farfar|farmor|foralder|foraldrar\w*|make|maka|hustru|sambo|son|sonen|dotter\w*"
    r"|bror|syster|barn\w*|min man|min fru|jag|mig|min|mitt|mina|brukare\w*|boende|klient\w*|patient\w*|"
    r"sjuk\w*|diagnos\w*|demens\w*|cancer\w*|stroke|medicin\w*|lakemedel\w*|missbruk\w*|ekonomi\w*|bistand\w*|utredning\w*"
    r"|dod|dog|avled|avlid\w*)\b|\?"
)
_NUMBER_OR_ADDRESS: Final = re.compile(r"[\d@]")
_LONGEST: Final = 300  # characters


def is_mere_praise(subject: str, text: str) -> bool:
    """Whether the mail says kind words and nothing of anybody's circumstances."""
    words = f"{subject}\n{text}"
    if len(words) > _LONGEST or _NUMBER_OR_ADDRESS.search(words):
        return False
    low = fold(own_words(words))
    return _KIND.search(low) is not None and _MORE.search(low) is None
