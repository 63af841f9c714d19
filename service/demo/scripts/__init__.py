"""What each municipality's demo shows: its own routine, scene by scene."""

from __future__ import annotations

from service.demo.scenes import Script
from service.demo.scripts import ekvik, hjo, klippan, koping, spanga_tensta, stromstad

SCRIPTS: dict[str, Script] = {
    "ekvik": ekvik.SCRIPT,
    "hjo": hjo.SCRIPT,
    "klippan": klippan.SCRIPT,
    "koping": koping.SCRIPT,
    "spanga-tensta": spanga_tensta.SCRIPT,
    "stromstad": stromstad.SCRIPT,
}
"""By the name of the municipality's folder of rules."""
