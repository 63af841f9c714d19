"""Whether the service's own user can read and write what it must: root, who looks, can read everything."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from service.config import Examined
from service.config.settings import Reference
from service.doors.application import ClientCertificate
from service.doors.tokens import TokenSource
from service.examination import unit
from service.examination.check import Check, Status
from service.examination.unit import Unit

NAME = "service's user"
_MOST_NAMED = 5


def checks(file: Path, config: Examined) -> Iterator[Check]:
    """What the service could not read or write; nothing where somebody else than root looks, who sees it himself."""
    if os.geteuid() != 0:
        return
    found = unit.of(file)
    if found is None:
        text = "root looks, and no systemd unit says as whom the service runs: another user may be able to read less"
        yield Check(NAME, Status.OK, text)
        return
    try:
        user = pwd.getpwnam(found.user or "root")
        group = grp.getgrnam(found.group).gr_gid if found.group else user.pw_gid
    except KeyError:
        made_by = found.file.with_name("synpunkten.sysusers.conf")
        command = f"systemd-sysusers {made_by}" if made_by.exists() else "systemd-sysusers"
        text = f"{found.file} names the user {found.user}, who does not exist yet; run `{command}`"
        yield Check(NAME, Status.WARNING, text)
        return
    faults = [*_not_handed_over(found, file, config), *_unseen(found, user, group, file, config)]
    yield from (Check(NAME, Status.FAILED, fault) for fault in faults[:_MOST_NAMED])
    if more := faults[_MOST_NAMED:]:
        yield Check(NAME, Status.FAILED, f"and {len(more)} more of this kind")
    if not faults:
        yield Check(NAME, Status.OK, f"{user.pw_name}, as {found.file} says, can read and write what it must")


def _not_handed_over(found: Unit, file: Path, config: Examined) -> Iterator[str]:
    """Secrets that the configuration names and the unit does not hand over."""
    for reference in _references(config):
        name = reference.credential
        if name and name not in found.credentials:
            source = file.resolve().parent / "secrets" / name
            yield f"{found.file} hands over no credential {name}; add `LoadCredential={name}:{source}`"


def _unseen(found: Unit, user: pwd.struct_passwd, group: int, file: Path, config: Examined) -> Iterator[str]:
    handed = {source.resolve() for source in found.credentials.values()}
    needed = [path.resolve() for path in _needed(file, config)]
    for path in (path for path in dict.fromkeys(needed) if path not in handed and found.hides(path)):
        hint = f"add `LoadCredential={path.name}:{path}` to it" if path.is_file() else "put it elsewhere"
        yield f"{path} is out of the service's sight, by {found.file}; {hint}"
    with _as(user, group):
        seen = (path for path in dict.fromkeys(needed) if path not in handed and not found.hides(path))
        closed = list(dict.fromkeys(place for path in seen if (place := _closed_at(path))))
    name = grp.getgrgid(group).gr_name
    for path in closed:
        yield f"{user.pw_name} cannot read {path}; run `chgrp {name} {path} && chmod g+{_wanted(path)} {path}`"
    yield from _unwritable(found, user, group, config.database)


def _unwritable(found: Unit, user: pwd.struct_passwd, group: int, url: str) -> Iterator[str]:
    """What keeps the service from writing an SQLite register; its own state folder is made when it starts."""
    if not url or make_url(url).get_backend_name() != "sqlite":
        return
    place = Path(str(make_url(url).database))
    if found.writable is not None and not any(map(place.is_relative_to, found.writable)):
        allowed = ", ".join(map(str, found.writable))
        yield f"the register {place} lies where {found.file} lets nobody write; put it in {allowed}"
        return
    if any(place.is_relative_to(own) and own.exists() and own.stat().st_uid != user.pw_uid for own in found.state):
        return  # with everything in it, it becomes the service's at its start (systemd.exec(5), StateDirectory=)
    parts = (
        place.parent,
        *(place.with_name(place.name + suffix) for suffix in ("", "-wal", "-shm", ".lock", ".outcomes")),
    )
    with _as(user, group):
        closed = [p for p in parts if os.path.lexists(p) and not os.access(p, os.R_OK | os.W_OK, effective_ids=True)]
    for path in closed:
        yield f"{user.pw_name} cannot write {path}; run `chown {user.pw_name}: {path}`"


def _needed(file: Path, config: Examined) -> Iterator[Path]:
    """Every file and folder that the service reads."""
    folder = file.resolve().parent
    yield from (folder, file)
    for part in config.parts:
        yield part.rules
        yield from (path for path in sorted(part.rules.rglob("*")) if not path.name.startswith("."))
        for server in filter(None, (part.imap, part.smtp)):
            yield from filter(None, (server.ca_file,))
            proof = server.tokens.application.proof if isinstance(server.tokens, TokenSource) else None
            if isinstance(proof, ClientCertificate):
                yield from (proof.certificate, proof.key)
    yield from (folder / each.file for each in _references(config) if each.file)


def _references(config: Examined) -> Iterator[Reference]:
    """Where the configuration says that secrets are."""
    settings = config.settings
    accounts = [account for mailbox in settings.mailboxes for account in (mailbox.imap, mailbox.smtp)]
    if settings.alerts and settings.alerts.smtp:
        accounts.append(settings.alerts.smtp)
    named: Iterable[object] = (
        settings.database_password,
        *(account.password for account in accounts),
        *(account.oauth2.client_secret for account in accounts if account.oauth2),
    )
    yield from dict.fromkeys(each for each in named if isinstance(each, Reference))


def _closed_at(path: Path) -> Path | None:
    """The folder on the way, or the file itself, that lets nobody further; one that is missing is told of elsewhere."""
    for folder in reversed(path.parents):
        if os.path.lexists(folder) and not os.access(folder, os.X_OK, effective_ids=True):
            return folder
    wanted = os.R_OK | (os.X_OK if path.is_dir() else 0)
    return path if os.path.lexists(path) and not os.access(path, wanted, effective_ids=True) else None


def _wanted(path: Path) -> str:
    return "rx" if path.is_dir() else "r"


@contextmanager
def _as(user: pwd.struct_passwd, group: int) -> Iterator[None]:
    """With the rights of somebody else, for a look. Only root can; no other thread may be at work meanwhile."""
    before = (os.getegid(), os.getgroups())
    os.setgroups(os.getgrouplist(user.pw_name, group))
    os.setegid(group)
    os.seteuid(user.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(before[0])
        os.setgroups(before[1])
