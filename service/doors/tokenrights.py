"""What to do where a mail server refuses a token that the endpoint gave: the application lacks a right there.

A token of Microsoft's says itself whom it is for, what it permits, and by which object ID Exchange Online must know
the application. It is looked at for advice alone, so nobody checks its signature.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from service.doors.tls import Speech

if TYPE_CHECKING:
    from service.doors.account import Token

_HELP = "deploy/MICROSOFT365.md has every step"
_PERMISSION = {Speech.IMAP: "IMAP.AccessAsApp", Speech.SMTP: "SMTP.SendAsApp"}
_AUDIENCES = ("https://outlook.office365.com", "https://outlook.office.com", "https://ps.outlook.com")
_SWITCHED_OFF = re.compile(r"SmtpClientAuthentication is disabled for the (\w+)", re.IGNORECASE)
_DEFAULTS = re.compile(r"security defaults|basic authentication is (?:disabled|not supported)", re.IGNORECASE)
# What Exchange Online answers to every command where the log-in went well and the mailbox stays shut.
NOT_CONNECTED = re.compile(r"authenticated but not connected", re.IGNORECASE)


def advice(token: Token, username: str, speech: Speech, answer: str) -> str:
    """What a person can do. answer: the mail server's words."""
    if found := _SWITCHED_OFF.search(answer):
        command = f"Set-CASMailbox -Identity {username} -SmtpClientAuthenticationDisabled $false"
        whole = "" if found[1].casefold() == "mailbox" else "; it counts for the mailbox although the tenant says no"
        return f"allow SMTP for this mailbox: `{command}`{whole}, and wait up to an hour"
    if _DEFAULTS.search(answer):
        return "the tenant's security defaults or policies stop SMTP AUTH: let your Entra administrator except it"
    claims = _claims(token)
    if not claims:
        return f"the token is right, but this server does not let it into the mailbox {username}: correct `username`"
    audience, permission = str(claims.get("aud") or "").rstrip("/"), _PERMISSION[speech]
    if audience.startswith("https://") and audience not in _AUDIENCES:
        return f"the token is for {audience}: take `scope` away, which is right for Exchange Online"
    if permission not in (claims.get("roles") or ()):
        return (
            f"the token lacks the permission {permission}: add it at the app registration (API permissions, Office 365"
            f" Exchange Online, Application permissions) and grant admin consent; {_HELP}"
        )
    commands = _commands(claims, username)
    return f"Exchange Online knows the application by a wrong object ID, or not for this mailbox: {commands}; {_HELP}"


def _commands(claims: dict[str, Any], username: str) -> str:
    application = claims.get("appid") or claims.get("azp") or "CLIENT_ID"
    who = claims.get("oid") or "OBJECT_ID"
    return (
        f"run `New-ServicePrincipal -AppId {application} -ObjectId {who}` and `Add-MailboxPermission"
        f" -Identity {username} -User {who} -AccessRights FullAccess` (this is the enterprise application's object ID,"
        f" as the token says; is {username} the mailbox?), and wait up to an hour"
    )


def _claims(token: Token) -> dict[str, Any]:
    """What the token says of itself; empty where it is of another form."""
    import jwt  # noqa: PLC0415 -- needed where something is wrong, and slow to load

    try:
        told = jwt.decode(token.text, options={"verify_signature": False})
    except jwt.PyJWTError:
        return {}
    return told if isinstance(told, dict) else {}
