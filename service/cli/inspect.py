"""`synpunkten inspect`: how a mail is understood (contract section 4)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from service.core.mail import Address, Attachment, Message
from service.core.message import read


def inspect(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="mails (.eml); - is standard input")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object for each mail")] = False,
    as_lines: Annotated[bool, typer.Option("--jsonl", help="one JSON object a line")] = False,
) -> None:
    """Show how mails are understood.

    Example: synpunkten inspect --json mejl.eml
    """
    failed = False
    for name in files:
        try:
            raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            typer.echo(f"synpunkten: {name}: {reason}", err=True)
            failed = True
            continue
        message = read(raw)
        if as_json or as_lines:
            text = json.dumps(as_object(name, message), ensure_ascii=False, indent=None if as_lines else 1)
        else:
            text = _summary(name, message)
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
    if failed:
        raise typer.Exit(1)


def as_object(name: str, message: Message) -> dict[str, Any]:
    """Return the JSON object of contract section 4."""
    bounce = message.bounce
    return {
        "file": name,
        "message_id": message.message_id,
        "date": message.date.isoformat() if message.date else None,
        "from": _address(message.sender),
        "reply_to": _address(message.reply_to),
        "to": [_address(address) for address in message.to],
        "cc": [_address(address) for address in message.cc],
        "subject": message.subject,
        "kind": message.kind.value,
        "auto_submitted": message.auto_submitted,
        "case_numbers": list(message.case_numbers),
        "in_reply_to": message.in_reply_to,
        "references": list(message.references),
        "bounce": bounce
        and {
            "recipient": bounce.recipient,
            "status": bounce.status,
            "action": bounce.action,
            "original_message_id": bounce.original_message_id,
        },
        "text": message.text,
        "new_text": message.new_text,
        "attachments": [_attachment(item) for item in message.attachments],
        "warnings": list(message.warnings),
    }


def _attachment(item: Attachment) -> dict[str, Any]:
    """Return a file; what only carries the mail says so."""
    shown = {
        "filename": item.filename,
        "content_type": item.content_type,
        "size": item.size,
        "sha256": item.sha256,
        "inline": item.inline,
    }
    return shown | {"technical": True} if item.technical else shown


def _address(address: Address | None) -> dict[str, str] | None:
    return {"name": address.name, "address": address.address} if address else None


def _summary(name: str, message: Message) -> str:
    """Return a few lines for a person at a terminal."""
    sender = f"{message.sender.name} <{message.sender.address}>".strip() if message.sender else "-"
    lines = [
        f"{name}: {message.kind} ({message.because})",
        f"  From:    {sender}",
        f"  Date:    {message.date.isoformat(' ') if message.date else '-'}",
        f"  Subject: {message.subject or '-'}",
    ]
    if message.case_numbers:
        lines.append(f"  Case:    {', '.join(message.case_numbers)}")
    lines += [f"  File:    {item.filename} ({item.content_type}, {item.size} bytes)" for item in message.attachments]
    lines += [f"  Warning: {warning}" for warning in message.warnings]
    lines += ["", *(f"  {line}".rstrip() for line in message.new_text.split("\n")), ""]
    return "\n".join(lines)
