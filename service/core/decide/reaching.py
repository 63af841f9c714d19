"""How the submitter wants to be reached, where the mail's own words say so (S22, S23)."""

from __future__ import annotations

from dataclasses import replace

from service.core.cases import Contact, Submitter
from service.core.decide.incoming import Plan
from service.core.effects import Note
from service.core.people.anonymity import wishes_anonymity
from service.core.people.reach import Reach, asks_for_answer, read_reach


def wished(submitter: Submitter, text: str, whole: str, *, stated: bool = False) -> Submitter:
    """The submitter as the text asks to be reached; as before where a form has stated it, or the text says nothing."""
    wish = None if stated else read_reach(text, whole)
    return _reached(submitter, wish) if wish else submitter


def _reached(submitter: Submitter, wish: Reach) -> Submitter:
    return replace(
        submitter,
        contact=wish.contact,
        phone=wish.phone or submitter.phone,
        address=wish.address or submitter.address,
    )


def wish_anew(plan: Plan, text: str, whole: str) -> None:
    """A later mail may change how its writer wants to be reached, and whether colleagues see who it is."""
    if not plan.case.anonymous and wishes_anonymity(text):
        plan.set("the submitter asks for it", anonymous=True)
    before = plan.case.submitter
    after = wished(before, text, whole)
    if after.contact is Contact.NONE and before.email and asks_for_answer(text):
        after = replace(after, contact=Contact.EMAIL)
    if after != before and before.contact is not Contact.IMPOSSIBLE:
        plan.set("the submitter asks for it", submitter=after)
        plan.add(Note("reach", f"the submitter asks to be reached by {after.contact.value}"))
