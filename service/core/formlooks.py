"""How the mails of a web form have looked so far, and what a new one lacks: somebody has changed the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from service.core.rules.forms import Submission
from service.core.rules.rulebook import Form, Layout, RuleBook

_ENOUGH = 3  # mails in which a label was, before one without it is a surprise


@dataclass(frozen=True, slots=True)
class Looks:
    """How many mails of a form have come, in how many each label was, and when the registrar was last told of a change.

    told_on: a day in the municipality's time, None where never.
    """

    mails: int = 0
    labels: Mapping[str, int] = field(default_factory=dict)
    told_on: date | None = None


NEVER_SEEN = Looks()


def missing(submission: Submission, looks: Looks, book: RuleBook) -> tuple[str, ...]:
    """The labels that the form's mails have always had and this one lacks; and the text's, which all must have."""
    form = next((form for form in book.forms if form.name == submission.form), None)
    if form is None or form.layout is Layout.LINK:
        return ()
    expected = {label for label in _labels(form) if _was_always_there(label, looks)} | _texts(form)
    return tuple(label for label in _labels(form) if label in expected and label not in submission.answers)


def _was_always_there(label: str, looks: Looks) -> bool:
    return looks.mails >= _ENOUGH and looks.labels.get(label, 0) == looks.mails


def _labels(form: Form) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*form.fields_.model_dump(exclude_none=True).values(), *form.others)))


def _texts(form: Form) -> set[str]:
    return {label for label in (form.fields_.text or form.fields_.heading,) if label}
