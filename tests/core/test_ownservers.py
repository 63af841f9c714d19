"""Which servers are proposed as the municipality's own, from the letter that setup has sent to itself."""

from __future__ import annotations

import pytest

from service.core.message import glance
from service.core.people.ownservers import MICROSOFT, seen_in

LMTP = b"Received: from mx.ekvik.se by lager.ekvik.se with LMTP id a; Mon, 4 May 2026 09:00:00 +0200\r\n"
MX = b"Received: from synpunkten (synpunkten [10.0.0.9]) by mx.ekvik.se with ESMTP; Mon, 4 May 2026 09:00:00 +0200\r\n"
FILTERED = (
    b"Received: from filter.ekvik.se (filter.ekvik.se [10.0.0.3]) by mx.ekvik.se with ESMTP; x\r\n"
    b"Received: from synpunkten by filter.ekvik.se with ESMTPSA; x\r\n"
)
HOSTED = (
    b"Received: from ut.hotell.example (ut.hotell.example [192.0.2.3]) by in.hotell.example with ESMTP; x\r\n"
    b"Received: from synpunkten by ut.hotell.example with ESMTPSA; x\r\n"
)
FOREIGN = (
    b"Received: from mail.offer.example (mail.offer.example [192.0.2.7]) by mx.ekvik.se with ESMTP; x\r\n"
    b"Received: from a by mail.offer.example with ESMTP; x\r\n"
)
CLAIMED = (
    b"Received: from mail.offer.example (mail.offer.example [192.0.2.7]) by mx.ekvik.se with ESMTP; x\r\n"
    b"Received: from a by annan.ekvik.se with ESMTP; x\r\n"
)
CLOUD = (
    b"Received: from AM0PR01MB1.eurprd01.prod.outlook.com ([fe80::1]) by AM0PR01MB2.eurprd01.prod.outlook.com "
    b"([fe80::2]) with mapi id 15.20; Mon, 4 May 2026 07:00:00 +0000\r\n"
)


@pytest.mark.parametrize(
    ("head", "names"),
    [
        pytest.param(MX, ("mx.ekvik.se",), id="one"),
        pytest.param(LMTP + MX, ("lager.ekvik.se", "mx.ekvik.se"), id="laid in the mailbox"),
        pytest.param(FILTERED, ("mx.ekvik.se", "filter.ekvik.se"), id="a filter in front"),
        pytest.param(HOSTED, ("in.hotell.example", "ut.hotell.example"), id="at a provider"),
        pytest.param(FOREIGN, ("mx.ekvik.se",), id="a foreign server"),
        pytest.param(CLAIMED, ("mx.ekvik.se",), id="a stamp that nobody above vouches for"),
        pytest.param(CLOUD, MICROSOFT, id="Microsoft 365"),
        pytest.param(b"", (), id="none"),
    ],
)
def test_the_servers_that_vouch_for_each_other_are_own(head: bytes, names: tuple[str, ...]) -> None:
    assert seen_in(glance(head + b"From: synpunkten@ekvik.se\r\n\r\n"), "ekvik.se") == names
