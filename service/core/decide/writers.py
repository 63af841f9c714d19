"""Who has written what has come, and how they can be reached: the submitter of a case to be."""

from __future__ import annotations

from dataclasses import replace

from service.core import gate
from service.core.cases import Contact, Submitter
from service.core.decide.incoming import Incoming
from service.core.people import addresses
from service.core.people.anonymity import withholds_name
from service.core.rules.forms import Submission
from service.core.verdict import Role


def submitter_of(mail: Incoming, form: Submission | None) -> Submitter:
    """Name, addresses and the way to them, as the form or the head of the mail gives them."""
    if form:
        email = _their_own(mail, form.email)
        ways = ((email, Contact.EMAIL), (form.phone, Contact.PHONE), (form.address, Contact.LETTER))
        known = next((way for given, way in ways if given), Contact.IMPOSSIBLE)
        contact = Contact(form.contact) if form.contact else known
        if contact is Contact.EMAIL and (gate.is_unread(email) or not addresses.is_mailable(email)):
            # "Ja" to an answer, and only an address to post it to: that is the way (SPA-20)
            contact = next((way for given, way in ways[1:] if given), Contact.IMPOSSIBLE)
        name = "" if withholds_name(form.name) else form.name
        return Submitter(name, email, form.phone, form.address, contact, unconfirmed=mail.verdict.unconfirmed)
    sender, wish, unconfirmed = mail.message.sender, mail.verdict.reply_to, mail.verdict.unconfirmed
    reply_to = addresses.written(wish.address) if wish else ""
    if wish and mail.verdict.role is Role.UNKNOWN_FORM:
        return Submitter(wish.name, reply_to, contact=Contact.EMAIL, unconfirmed=unconfirmed)
    if not sender:
        return Submitter()
    email = addresses.written(sender.address)
    person = Submitter(sender.name, email, reply_to=reply_to, unconfirmed=unconfirmed)
    if mail.message.auto_submitted or gate.is_unread(person.mail_to) or not addresses.is_mailable(person.mail_to):
        return person
    return replace(person, contact=Contact.EMAIL)


def _their_own(mail: Incoming, given: str) -> str:
    """The address as we write to it. Whoever gave the mailbox's own gave none: each mail to us would be one to them."""
    email = addresses.written(given)
    return "" if addresses.key(email) in mail.ctx.own_addresses else email
