"""What vouches for the sender of a staff mail: the municipality's own servers, and what only they can have written."""

from typing import Annotated

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema

from service.core.rules.choices import ResultsPlace
from service.core.rules.fieldtypes import Model, Text


class Authserv(Model):
    """One of the municipality's own mail servers, by the name in its Received stamps; `*` is a wildcard.

    `results: below` only where the server also removes what others have written there: else anybody may write it.
    """

    host: Text
    results: ResultsPlace = ResultsPlace.ABOVE


class TrustedHeader(Model):
    """A header that only the own server can have written, and the value with which it vouches for the sender."""

    name: Annotated[Text, StringConstraints(pattern=r"^[Xx]-[!-9;-~]+$")]
    value: Text


_AUTHSERV_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"host": {"type": "string"}, "results": {"enum": [place.value for place in ResultsPlace]}},
            "required": ["host"],
            "additionalProperties": False,
        },
    ]
}


def _authserv(value: object) -> object:
    return {"host": value} if isinstance(value, str) else value


AuthservOrName = Annotated[Authserv, BeforeValidator(_authserv), WithJsonSchema(_AUTHSERV_SCHEMA)]
"""A server that is written as its name alone, or with where its results stand."""
