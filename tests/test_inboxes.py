"""Which accounts may be one under two names, and which never are."""

from __future__ import annotations

import pytest

from service.config.inboxes import may_be_one


@pytest.mark.parametrize(
    ("user", "other", "may_be"),
    [
        pytest.param("synpunkten@koping.se", "Synpunkten@KOPING.se", True, id="the same in other letters"),
        pytest.param("synpunkten", "synpunkten@koping.se", True, id="one without its domain"),
        pytest.param("synpunkten@koping.se", "synpunkten@hjo.se", False, id="two towns"),
        pytest.param("synpunkten@koping.se", "felanmalan@koping.se", False, id="two users of a town"),
        pytest.param(None, None, True, id="neither says who it is"),
    ],
)
def test_whose_inboxes_may_be_one(user: str | None, other: str | None, *, may_be: bool) -> None:
    """Only those watch each other's mails: it costs each mail a look."""
    assert may_be_one(user, other) is may_be
