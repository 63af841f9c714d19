"""What another mail program sees of a mailbox: to tell whether anybody has touched it."""

from __future__ import annotations

from tests.servers.dovecot import Dovecot


def looks(dovecot: Dovecot, address: str) -> dict[str, tuple[int, int, dict[int, list[bytes]]]]:
    """Each folder with its UIDVALIDITY, how many mails are new to everybody, and each mail's UID and flags.

    Looking takes no mark away.
    """
    with dovecot.client(address) as client:
        found = {}
        for _, _, name in client.list_folders():
            opened = client.select_folder(name, readonly=True)
            uids = client.search()
            flags = {uid: sorted(each) for uid, each in client.get_flags(uids).items()} if uids else {}
            found[name] = (opened[b"UIDVALIDITY"], opened[b"RECENT"], flags)
        return found
