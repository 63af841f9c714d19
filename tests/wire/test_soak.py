"""The soak in short: some seconds of mixed load, and nothing left over. `make soak` lasts for an hour."""

from __future__ import annotations

from pathlib import Path

from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.wire.soak import soak


def test_after_mixed_load_nothing_is_left_over(tmp_path: Path, dovecot: Dovecot, postfix: Postfix) -> None:
    assert soak(tmp_path, dovecot, postfix, seconds=10, seed=7, pause=0.3) == []
