"""What shall happen: a mail or the passing of time in, a list of effects out. One module for each thing that can occur.

Nothing here knows the database, the mail server or the clock; the desk applies what is decided, in one transaction.
"""

from service.core.decide.incoming import Incoming, SentLetter, Unread
from service.core.decide.mail import on_mail
from service.core.decide.outcomes import on_refused, on_sent, on_uncertain, on_withheld
from service.core.decide.time import on_served_again, on_time

__all__ = [
    "Incoming",
    "SentLetter",
    "Unread",
    "on_mail",
    "on_refused",
    "on_sent",
    "on_served_again",
    "on_time",
    "on_uncertain",
    "on_withheld",
]
