"""Delivery reports: RFC 3464 and the free forms of the mail servers."""

from __future__ import annotations

from email.message import Message as Mail

from service.core.message import Bounce


def find_bounce(mail: Mail, subject: str, text: str) -> Bounce | None:  # noqa: ARG001 - first version: signature only
    """What the mail reports of a delivery; None if it is no delivery report."""
    return None
