"""A rehearsal: the mails of a real mailbox go through the whole service on a register that is thrown away.

`history` gives the mails in order of their arrival, `play` lets the time of those days pass, `found` reads what became
of it, `page` writes it down. The mailbox is opened read-only, and there is nothing here that could send.
"""
