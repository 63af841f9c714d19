"""Looks for rules and configurations on which reading fails: `python -m tests.fuzz.settings -max_total_time=60`.

A right file gets a piece cut out and the fuzzer's bytes put in its place, in one of the five files. However odd that
is, what comes of it is a rule book or faults that name a place: a text for people, in both languages.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["service"]):
    from service import rulesfolder
    from service.config import reading
    from service.yamlfile import YamlFault

_CONFIG = b"""database: sqlite:///var/synpunkten.db
poll: 30 s
log: {format: json, level: info}
metrics: {listen: "127.0.0.1:9464"}
alerts: {to: it@ekvik.example}
mailboxes:
  - name: ekvik
    address: synpunkten@ekvik.example
    imap: {host: 127.0.0.1, port: 993, security: tls, username: a, password: {env: PATH}}
    smtp: {host: 127.0.0.1, port: 587, security: starttls, username: a, password: {env: PATH}}
    rules: ekvik
    folders: {inbox: INBOX, handled: Hanterat}
    since: 2026-11-01
    mode: shadow
    canary: 60 minutes
"""
# A town small enough to be read many times a second, with a key of each sort.
_RULES = {
    "municipality.yaml": b"""name: Ekviks kommun
sender_name: Ekviks kommun
contact: {phone: 0500-100 00, web: https://www.ekvik.example}
case_number: {prefix: EKV}
calendar: {extra_non_working: [2026-05-15]}
staff_domains: [ekvik.example]
staff_proof: either
trusted_authserv: [{host: mx.ekvik.example, results: below}]
deadlines: {receipt: 2 working days, answer: 14 days, per_channel: {sociala medier: 24 hours}}
reminders: [3 working days before]
escalation: [{after: 14 days, to: [head, registrar], repeat: 7 days}]
office_hours: "07:30-16:30"
reports: [{period: half_year, to: [a@ekvik.example], scope: all}]
disposal: [{what: binder, after: 365 days}]
""",
    "people.yaml": b"""departments: [{id: teknik, name: Teknik, head: eva@ekvik.example}]
units: [{id: gata, name: Gata, department: teknik, manager: eva@ekvik.example, officers: [bo@ekvik.example]}]
people: [{email: bo@ekvik.example, name: Bo Ek, substitute: eva@ekvik.example}]
registrars: [eva@ekvik.example]
""",
    "routing.yaml": b"""rules:
  - name: Gator
    when: {words: ["*belysning", "h\xc3\xa5l i v\xc3\xa4gen"], form: {Vad?: [Gata]}}
    then: {unit: gata, officer: bo@ekvik.example}
otherwise: {to: registrar}
examples: [{text: en gata, unit: gata}]
""",
    "forms.yaml": b"""forms:
  - {name: Webb, from: noreply@ekvik.example, subject: "Synpunkt*", layout: fields,
     fields: {text: Din synpunkt, email: E-post, contact: Svar?}, contact: {"Ja, via e-post": email}}
""",
}
SEEDS = (
    b"{a: [1, 2]}",
    b"&a [*a]",
    b"\n  - {",
    b"!!python/object:os.system",
    b"2026-02-30",
    b"'\"",
    b"\t",
    b"<<: *a",
    b"1e999",
)


def written(text: bytes, choice: int, length: int, piece: bytes) -> bytes:
    """The text with the piece in the place of `length` bytes; choice: where, of 65,536."""
    at = choice * len(text) // 65_536
    return text[:at] + piece + text[at + length :]


def looked_at(folder: Path, raw: bytes) -> None:
    """Put the bytes into one of the files, and read it as the service does."""
    which, where, length, piece = raw[0] % 5, int.from_bytes(raw[1:3]), raw[3], raw[4:]
    if which == len(_RULES):
        file = folder / "synpunkten.yaml"
        file.write_bytes(written(_CONFIG, where, length, piece))
        try:
            told = reading.examine(file).faults
        except YamlFault as fault:
            told = fault.faults
        assert all(str(each) and each.swedish for each in told)
        reading.salvaged(file)
        return
    file = folder / "ekvik" / list(_RULES)[which]
    right = _RULES[file.name]
    try:
        file.write_bytes(written(right, where, length, piece))
        book, faults = rulesfolder.check(folder / "ekvik")
        assert book or faults
        assert all(str(each) and each.swedish for each in faults)
    finally:
        file.write_bytes(right)


def main() -> None:
    """Hand the seeds and the readers to the fuzzer, which ends the process."""
    with tempfile.TemporaryDirectory() as seeds, tempfile.TemporaryDirectory() as town:
        folder = Path(town)
        (folder / "ekvik").mkdir()
        for name, text in _RULES.items():
            (folder / "ekvik" / name).write_bytes(text)
        _, faults = rulesfolder.check(folder / "ekvik")
        assert all(fault.warning for fault in faults), list(map(str, faults))
        for number, piece in enumerate(SEEDS):
            for which in range(5):
                (Path(seeds) / f"{number}-{which}").write_bytes(bytes((which, 25 * number, which, number)) + piece)
        options = ["-timeout=20", "-rss_limit_mb=2048", "-max_len=512"]
        atheris.Setup(
            [sys.argv[0], *options, *sys.argv[1:], seeds],
            lambda raw: looked_at(folder, raw) if len(raw) > len("which") else None,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
