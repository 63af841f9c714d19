"""The token door: asks a token endpoint for the access token that opens a mailbox (OAuth2 client credentials).

A token is kept until shortly before it ends, and one request serves all who log in with the same application.
"""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from service.doors import tokenfaults
from service.doors.account import Token
from service.doors.application import Application, ProofError
from service.doors.tls import trusting
from service.doors.tokenfaults import TokenError

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message

_Result = TypeVar("_Result")
REQUEST_SECONDS = 20.0
# A token just fetched that a server refuses is refused for another reason than its age.
NEW_SECONDS = 60.0
_LONGEST_ANSWER = 256 * 1024
_LIFE_WHERE_UNTOLD_SECONDS = 600.0
# What is begun with a token is to end before the token does; of a short life a fifth is left.
_MARGIN_SECONDS, _MARGIN_SHARE = 300.0, 0.2
_LONGEST_WAIT_SECONDS = 3600.0
_WAIT_WHERE_UNTOLD_SECONDS = 60.0
_TOO_MANY, _FIRST_SERVER_FAULT = 429, 500


@dataclass(unsafe_hash=True)
class TokenSource:
    """Gives the tokens of one application, to any thread. Two of the same application are equal."""

    application: Application
    _lock: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)
    _kept: Token | None = field(default=None, compare=False, repr=False)
    _not_before: float = field(default=0.0, compare=False, repr=False)
    _last: TokenError | None = field(default=None, compare=False, repr=False)

    def token(self) -> Token:
        """A token with some time left, asked for where none is kept; takes 20 seconds at most where nobody answers.

        Raises:
            TokenError: there is none to be had.
        """
        with self._lock:
            if self._kept is None or time.monotonic() >= self._kept.fresh_until:
                self._kept = self._fetched()
            return self._kept

    def instead_of(self, refused: Token) -> Token | None:
        """Another token than the one that a server has refused; None where that one was new.

        Raises:
            TokenError: there is none to be had.
        """
        with self._lock:
            if self._kept == refused:
                if time.monotonic() - refused.born < NEW_SECONDS:
                    return None
                self._kept = None
        return self.token()

    def _fetched(self) -> Token:
        """What an endpoint that is busy or away has said is said to all, until it makes sense to ask again."""
        left = self._not_before - time.monotonic()
        if self._last and left > 0:
            raise TokenError(self._last.what, temporary=True, advice=self._last.advice, wait_seconds=left)
        try:
            return _ask(self.application)
        except TokenError as error:
            if error.temporary:
                self._last, self._not_before = error, time.monotonic() + error.wait_seconds
            raise


def _ask(application: Application) -> Token:
    """One request, and what it gives."""
    born = time.monotonic()
    try:
        proof = application.proof.given(application.client_id, application.token_url)
    except ProofError as error:
        raise TokenError(error.what, temporary=False, advice=error.advice) from error
    fields = {
        "grant_type": "client_credentials",
        "client_id": application.client_id,
        "scope": application.scope,
        **proof,
    }
    status, headers, told = _answer(application, urllib.parse.urlencode(fields).encode("ascii"))
    token = told.get("access_token")
    if status == http.client.OK and isinstance(token, str) and token and token.isascii() and token.isprintable():
        life = _seconds(told.get("expires_in"), _LIFE_WHERE_UNTOLD_SECONDS)
        return Token(token, born, born + life - min(_MARGIN_SECONDS, life * _MARGIN_SHARE))
    if status == _TOO_MANY or status >= _FIRST_SERVER_FAULT:
        raise tokenfaults.busy(application, status, _told_wait(headers))
    raise tokenfaults.refused(application, status, _without(told, proof.get("client_secret", "")), _ahead(headers))


def _without(told: dict[str, Any], secret: str) -> dict[str, Any]:
    """What an endpoint says goes to logs and to whoever runs `doctor`: some say again what they were asked with."""
    written = {secret, urllib.parse.quote_plus(secret)} - {""}
    return {name: _blotted(value, written) if isinstance(value, str) else value for name, value in told.items()}


def _blotted(text: str, written: set[str]) -> str:
    for secret in written:
        text = text.replace(secret, "…")
    return text


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A secret goes where the configuration says, and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        """No other address."""
        return


def _answer(application: Application, form: bytes) -> tuple[int, Message, dict[str, Any]]:
    """The endpoint's answer: HTTP status, headers, and the JSON object (empty where it is none)."""
    try:
        return within(REQUEST_SECONDS, lambda: _exchange(application, form))
    except urllib.error.URLError as error:
        reason = error.reason if isinstance(error.reason, Exception) else error
        raise tokenfaults.unreachable(application, reason) from error
    except (OSError, http.client.HTTPException) as error:
        raise tokenfaults.unreachable(application, error) from error


def _exchange(application: Application, form: bytes) -> tuple[int, Message, dict[str, Any]]:
    request = urllib.request.Request(application.token_url, form, {"Accept": "application/json"})  # noqa: S310 -- https or loopback, as the configuration sees to
    encryption = urllib.request.HTTPSHandler(context=trusting(application.ca_file))
    opener = urllib.request.build_opener(encryption, _NoRedirect())
    try:
        with opener.open(request, timeout=REQUEST_SECONDS / 2) as answer:
            return answer.status, answer.headers, _object(answer.read(_LONGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, _object(error.read(_LONGEST_ANSWER))


def within(seconds: float, work: Callable[[], _Result]) -> _Result:
    """What `work` gives or raises.

    A name service that is silent, an endpoint with many addresses behind a firewall, an answer that comes in drops: no
    single time limit bounds them all. So it is done in a thread of its own, which is left behind where it takes longer.

    Raises:
        TimeoutError: it takes longer.
    """
    done: queue.SimpleQueue[tuple[_Result | None, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except Exception as error:  # noqa: BLE001 -- handed over to the thread that waits
            done.put((None, error))

    threading.Thread(target=run, name="token request", daemon=True).start()
    try:
        result, error = done.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError("no answer in time") from None
    if error:
        raise error
    return cast("_Result", result)


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _seconds(told: object, otherwise: float) -> float:
    """Some endpoints write the number as text."""
    try:
        return max(0.0, float(str(told)))
    except ValueError:
        return otherwise


def _told_wait(headers: Message) -> float:
    """Retry-After (RFC 9110, 10.2.3): seconds, or a point of time."""
    told = headers.get("Retry-After", "")
    wait = _seconds(told, -1.0)
    if wait < 0:
        try:
            wait = (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            wait = _WAIT_WHERE_UNTOLD_SECONDS
    return min(max(wait, 1.0), _LONGEST_WAIT_SECONDS)


def _ahead(headers: Message) -> float:
    """How many seconds this machine's clock is ahead of the endpoint's; 0 where that is not told."""
    try:
        return time.time() - parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except (ValueError, TypeError):
        return 0.0
