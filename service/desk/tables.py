"""The register's tables. Instants are stored in UTC; the migrations in `migrations/` make these tables."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

from service.desk.packed import Packed, PackedText

BRIEF = 80  # longer values are told by their length in the journal: they stand in the case itself

WAITS = "state IN ('queued', 'uncertain')"
"""The condition of the index of what waits to leave (`desk/post/states`): who asks in these very words is led by it."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _where_set(name: str, column: str, *others: str) -> Index:
    """An index of those rows alone in which the column is set: most have none, and writing them costs it nothing.

    Who asks for a value of the column is led by it like by any other.
    """
    is_set = text(f"{column} IS NOT NULL")
    return Index(name, column, *others, sqlite_where=is_set, postgresql_where=is_set)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC. SQLite drops zones silently, so naive values are refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; ValueError for an instant without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Back to an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(40), nullable=False, unique=True),
    Column("version", Integer, nullable=False),  # raised by every change: two writers never overwrite each other
    Column("mailbox", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("type", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("registry_number", Text, nullable=False, server_default=text("''"), index=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("received_by", Text, nullable=False, server_default=text("''")),
    Column("language", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("department", Text, nullable=False, server_default=text("''")),
    Column("committee", Text, nullable=False, server_default=text("''")),
    Column("officer", Text, nullable=False),
    Column("proposal", Text, nullable=False),
    Column("submitter_name", Text, nullable=False),
    Column("submitter_email", Text, nullable=False, index=True),
    Column("submitter_phone", Text, nullable=False),
    Column("submitter_address", Text, nullable=False),
    Column("submitter_contact", String(20), nullable=False),
    Column("submitter_reply_to", Text, nullable=False, server_default=text("''")),
    Column("submitter_unconfirmed", Boolean, nullable=False, server_default=false()),
    Column("received_at", Instant, nullable=False),
    Column("receipt_sent_at", Instant),
    Column("answered_at", Instant),
    Column("closed_at", Instant),
    Column("delayed_to", Date),
    Column("alike", JSON, nullable=False, server_default=text("'[]'")),
    Column("draft", Text, nullable=False, server_default=text("''")),
    Column("draft_from", Text, nullable=False, server_default=text("''")),
    Column("withdrawn_at", Instant),
    Column("last_mail_at", Instant),
    Column("roads", JSON, nullable=False, server_default=text("'[]'")),
    Column("secrecy", Boolean, nullable=False),
    Column("anonymous", Boolean, nullable=False),
    Column("internal", Boolean, nullable=False),
    Column("publication", String(20), nullable=False),
    Column("measure", Text, nullable=False),
    Column("staff_title", Text, nullable=False, server_default=text("''")),
    Column("public_text", Text, nullable=False, server_default=text("''")),
    Column("public_title", Text, nullable=False, server_default=text("''")),
    Column("public_answer", Text, nullable=False, server_default=text("''")),
    Column("approved", String(64), nullable=False, server_default=text("''")),
    Column("late_reason", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("keep_open", Boolean, nullable=False),
    Column("close_wanted", Boolean, nullable=False),
    Column("secrecy_provision", Text, nullable=False, server_default=text("''")),
    Column("secret_since", Instant),
    Column("blocked", Boolean, nullable=False, server_default=false()),
    Column("hold", Text, nullable=False, server_default=text("''")),
    Column("hold_since", Instant),
    Column("disposed_at", Instant),
    Column("keywords", JSON, nullable=False, server_default=text("'[]'")),
    Column("to_post_since", Instant),
    Column("letter_by", Text, nullable=False, server_default=text("''")),
    Column("pending", JSON),
    Column("leaving", JSON),  # orders with an answer that the clock carries out
    Column("obeyed", JSON),  # what the last obeyed mail changed, for whoever takes it back
    Column("thread", JSON, nullable=False),
    Column("related", JSON, nullable=False, server_default=text("'[]'")),
    Column("guesses", JSON, nullable=False, server_default=text("'[]'")),
    Column("external_ref", Text, nullable=False, index=True),
    Column("form", Text, nullable=False, server_default=text("''")),
    Column("page", Text, nullable=False),
    Column("position", Text, nullable=False, server_default=text("''")),
    Column("next_check_at", Instant, index=True),
    Column("watched", Boolean, nullable=False, server_default=false()),  # only watched, beside the system before
    Index(  # a list is chosen and put in order by it alone, without the pages that hold the texts
        "ix_cases_listed",
        "received_at",
        "id",
        "status",
        "unit",
        "officer",
        "type",
        "category",
        "channel",
        "process",
        "mailbox",
        "secrecy",
        "submitter_email",
        "submitter_reply_to",
    ),
)

matters = Table(  # what each case is about, by keys: cases about the same are looked up by them
    "matters",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), primary_key=True, index=True),
)

makeups = Table(  # how many places and other words each case has among its keys: those alike are told apart by it
    "makeups",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("places", Integer, nullable=False),
    Column("words", Integer, nullable=False),
)

grades = Table(  # how content submitters are, counted: nothing in it leads to a case or a person
    "grades",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    Column("grade", Integer, primary_key=True),
    Column("count", Integer, nullable=False),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("met_at", Instant),
    Column("missed_at", Instant),
    Index("ix_deadlines_running", "met_at", "due_at"),
)

steps = Table(
    "steps",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("key", Text, primary_key=True),  # a second one of the same step is refused by the database
    Column("at", Instant, nullable=False),
    Column("superseded", Boolean, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), index=True),
    Column("mailbox", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("message", Integer),  # the mail or letter that the line vouches for, by its row, and ...
    Column("document", String(64)),  # ... the SHA-256 of its bytes
    Column("salt", String(32), nullable=False, server_default=text("''")),  # empty: the words are disposed of
    Column("seal", String(64), nullable=False, server_default=text("''")),
    Column("link", String(64), nullable=False, server_default=text("''")),
    _where_set("ix_journal_message", "message"),
)

chain = Table(  # one row: where the journal ends. Its lock keeps the lines of several daemons in one chain
    "chain",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lines", Integer, nullable=False),
    Column("link", String(64), nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), index=True),
    Column("mailbox", Text, nullable=False),
    Column("direction", String(8), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("digest", String(64)),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    # what only outgoing letters have
    Column("automatic", Boolean, nullable=False, default=False),
    Column("budget_key", Text),  # the address in comparable form, for automatic letters only
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_try_at", Instant),
    Column("claimed_until", Instant),
    Column("claimed_by", BigInteger),  # the run that has it in hand
    Column("last_error", Text, nullable=False, default=""),
    Column("sent_at", Instant),
    Column("answers", Text),  # of incoming mails: the Message-ID that it answers
    Column("exposed", Boolean, nullable=False, default=False),  # outsiders know its Message-ID
    Column("rank", Integer, nullable=False, default=2, server_default="2"),  # what leaves first: 0, then 1, then 2
    Column("held_because", Text),  # why the letter waits, in `held`, or had to
    Column("told_at", Instant),  # when the registrar was told that it is held
    Column("source", PackedText),  # subject and body: it can be written anew
    Column("listing", JSON),  # the cases that it lists by running number, and what a yes to it carries out
    Column("tried", Text),  # who could not be reached with it before
    Column("files_of", String(64)),  # the incoming mail whose files go along, by its digest; `case`: the first one
    Column("cause", Text),  # the person outside who brought it about, in the form that budgets count by
    Column("budget_domain", Text),
    Column("likeness", String(64)),  # of an incoming mail: equal where sender, subject and text are
    Column("link_failures", Integer, nullable=False, default=0, server_default="0"),  # the link died in its turn
    Column("doubts", Integer, nullable=False, default=0, server_default="0"),  # handed over whole, and no answer came
    Column("left_mailbox_at", Instant),  # when it was to leave the mailbox: the register alone has it then, or nobody
    Column("raw", Packed, nullable=False),  # last: a row is read without it unless asked for
    UniqueConstraint("mailbox", "digest"),  # one mail, one entry, whatever road it came by
    # With the mailbox in them, SQLite prefers these to the others that begin with it and choose nearly every row.
    Index("ix_messages_message_id", "message_id", "mailbox"),
    Index("ix_messages_outbox", "state", "mailbox", "next_try_at"),
    Index(  # what waits, in the order in which it leaves: however much that is, the next ones are found at once
        "ix_messages_waiting",
        "mailbox",
        "rank",
        "next_try_at",
        "claimed_until",
        "claimed_by",
        sqlite_where=text(WAITS),
        postgresql_where=text(WAITS),
    ),
    _where_set("ix_messages_answers", "answers"),
    _where_set("ix_messages_likeness", "likeness"),
    _where_set("ix_messages_budget", "budget_key", "at"),
    Index("ix_messages_hour", "mailbox", "automatic", "at", "state", "rank"),  # all that counting the hour needs
    _where_set("ix_messages_domain", "budget_domain", "at"),
    _where_set("ix_messages_cause", "cause", "at"),
)

files = Table(  # the files of each mail, in both directions; their bytes stay in the mail
    "files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False, index=True),
    Column("filename", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("sha256", String(64), nullable=False),
)

seen = Table(
    "seen",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("uidvalidity", BigInteger, primary_key=True),
    Column("uid", BigInteger, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("file_in", Text, nullable=False),  # the folder that the mail is to be moved to
)

to_remove = Table(  # mails that are disposed of, until they are gone from the mailbox, too
    "to_remove",
    metadata,
    Column("message", Integer, primary_key=True),  # its row
    Column("mailbox", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
)

in_hand = Table(  # what a run is handling: where it dies, the next one knows over which mail
    "in_hand",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("uidvalidity", BigInteger, primary_key=True),
    Column("uid", BigInteger, primary_key=True),
    Column("run", BigInteger, nullable=False),
    Column("place", Integer, nullable=False),  # the mails of a batch are handled in this order
    Column("deaths", Integer, nullable=False),  # runs that ended over it so far
    Column("taken_at", Instant),  # for a while others that share the mailbox leave it to that run
)

beginnings = Table(
    "beginnings",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("since", Instant),  # older mails are left where they are; empty: none are
    Column("uidvalidity", BigInteger, nullable=False),
    Column("below", BigInteger, nullable=False),  # ... of those with a lower UID: they lay there at the beginning
    Column("left", Integer),  # how many; empty: the registrar has not been told
    Column("watched_since", Instant),  # set while the mailbox is only watched
    Column("inbox", Text),  # account and folder: what the places are of that the register knows
)

restorations = Table(  # when the register was put back from a copy, for each mailbox
    "restorations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailbox", Text, nullable=False),
    Column("copied_at", Instant, nullable=False),  # the instant of the copy
    Column("restored_at", Instant, nullable=False),
    Column("since", Instant, nullable=False),  # mails that came in earlier are in the copy
    Column("line", Integer, nullable=False),  # the journal's line that says so
    Column("run", BigInteger),  # who takes in again what the copy lacks
    Column("finished_at", Instant),
)

told = Table(  # faults that somebody hears of once a day at most
    "told",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

alarms = Table(  # troubles of the service itself that somebody has been told of; those that are over are gone
    "alarms",
    metadata,
    Column("mailbox", Text, primary_key=True),  # empty: the service as a whole
    Column("kind", String(20), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),  # when a process had it last
)

canaries = Table(  # the latest mail of each mailbox to itself
    "canaries",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("message_id", Text, nullable=False),
    Column("at", Instant, nullable=False),  # when it was written
    Column("back_at", Instant),  # when it was met in the mailbox
    Column("seconds", Float),  # how long the latest one took that came back
    Column("silent_since", Instant),  # when the first of those was written that have not come back
)

mornings = Table(  # a second writing of the same morning's mails is refused by the database
    "mornings",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("at", Instant, nullable=False),
)

reports = Table(  # the reports that have left by themselves: a second one of the same period is refused
    "reports",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("series", Text, primary_key=True),  # the same report to the same person, period after period
    Column("first", Date, primary_key=True),  # the first day of its period
    Column("at", Instant, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailbox", Text, nullable=False),
    Column("message_id", ForeignKey("messages.id"), nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(20), nullable=False),  # held, released or dropped
    Column("decided_at", Instant),
    Column("decided_because", Text, nullable=False),
    Column("told_at", Instant),  # when the registrar was told of it
)

refiling = Table(  # mails that belong in another folder of the mailbox than the one they were moved to
    "refiling",
    metadata,
    Column("message_id", ForeignKey("messages.id"), primary_key=True),
    Column("mailbox", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Instant, nullable=False),
)

troubles = Table(
    "troubles",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("error", Text, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

absences = Table(  # staff who are away: their mail systems tell of it once only
    "absences",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("email", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("until", Date),  # the first day back
    Column("substitute", Text, nullable=False),
    Column("cause", String(20), nullable=False),
    Column("proven", Boolean, nullable=False),
    Column("handed", JSON, nullable=False),  # number of each case handed over because of it, and to whom
    Column("asked", JSON, nullable=False),  # numbers of the cases that a registrar was asked about
    Column("asked_on", Date),
)

standing = Table(  # questions that concern no single case, by the nonce of the letter that asks
    "standing",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("nonce", String(20), primary_key=True),
    Column("about", String(20), nullable=False),
    Column("asked", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("facts", JSON, nullable=False),
)

stopped = Table(
    "stopped",
    metadata,
    Column("email", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("because", Text, nullable=False),
    Column(
        "lasting", Boolean, nullable=False, server_default=false()
    ),  # staff want it: a mail from there does not end it
)

binder = Table(  # anonymous feedback that is kept in order of arrival and not registered: a row is a leaf
    "binder",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailbox", Text, nullable=False),
    Column("department", Text, nullable=False),  # whose binder it lies in; empty: the municipality's own
    Column("unit", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("channel", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("digest", String(64), nullable=False),  # of the mail that brought it, which lies among the messages
    Column("told", JSON, nullable=False),  # who has had it for information
    Column("disposed_at", Instant),
    UniqueConstraint("mailbox", "digest"),
)

forms = Table(  # how the mails of each web form have looked so far
    "forms",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("mails", Integer, nullable=False),
    Column("labels", JSON, nullable=False),  # in how many of them each label was
    Column("told_on", Date),  # when the registrar was last told that it has changed
)

unreachable = Table(  # staff whose address refuses mail: tried again each day, never given up
    "unreachable",
    metadata,
    Column("email", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("because", Text, nullable=False),
    Column("accepted_at", Instant),  # the server has taken a letter again; a report that it was lost may still come
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
