"""Who is acting: what proves that a staff mail is its sender's, as one value with reasons."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Strength(enum.IntEnum):
    """How far a mail may be obeyed. Ordered: the stronger one may do all that the weaker may."""

    FAILED = 0  # the own server says that the sender is not genuine: nothing else weighs against it
    NONE = 1  # nothing speaks for the sender
    TOKEN = 2  # the mail answers a letter that only this person was sent, and the own server says nothing
    CERTAIN = 3  # the own server vouches for the sender, as the municipality demands


@dataclass(frozen=True, slots=True)
class Proof:
    """How genuine a mail is, and why; the reasons go to the journal."""

    strength: Strength = Strength.NONE
    reasons: tuple[str, ...] = ()

    @property
    def may_act(self) -> bool:
        """Whether what reaches a citizen, closes or moves a case may be done without asking back."""
        return self.strength is Strength.CERTAIN

    @property
    def may_note(self) -> bool:
        """Whether what stays inside may be done; with no more than this, anything else asks for a yes first."""
        return self.strength >= Strength.TOKEN


UNPROVEN = Proof()
