"""What the settings of municipality.yaml choose from, by the words that an administrator writes.

C numbers name the questions where the municipalities' routines differ or are silent.
"""

import enum


class StaffProof(enum.StrEnum):
    """What proves that a staff mail is genuine: our token in the thread, or the server's DMARC result."""

    TOKEN = "token"  # noqa: S105  # a word of the rules folder, no secret
    DMARC = "dmarc"
    EITHER = "either"
    BOTH = "both"


class ResultsPlace(enum.StrEnum):
    """Where a mail server writes its Authentication-Results: above its own Received stamp, or below it."""

    ABOVE = "above"
    BELOW = "below"


class Roll(enum.StrEnum):
    """Whether a deadline in calendar days that ends on a non-working day moves (C01)."""

    NONE = "none"
    NEXT_WORKING_DAY = "next_working_day"


class Role(enum.StrEnum):
    """Somebody by duty, looked up in people.yaml for the case at hand."""

    OFFICER = "officer"
    MANAGER = "manager"
    HEAD = "head"
    REGISTRAR = "registrar"


class Road(enum.StrEnum):
    """What a mail may be besides feedback: another road than an answer is meant for it (domain 5)."""

    APPEAL = "appeal"
    RECORDS = "records"
    DATA_PROTECTION = "data_protection"
    DAMAGES = "damages"
    WORRY = "worry"
    THREAT = "threat"
    DANGER = "danger"
    PRESS = "press"
    WHISTLEBLOWING = "whistleblowing"


class Triage(enum.StrEnum):
    """Whether the rules assign at once, or propose to a registrar who assigns (C21)."""

    AUTO = "auto"
    REGISTRAR_FIRST = "registrar_first"


class Anonymous(enum.StrEnum):
    """What becomes of anonymous feedback: a case, or an entry in the binder without a number (C05)."""

    REGISTER = "register"
    BINDER = "binder"


class Oral(enum.StrEnum):
    """What becomes of a staff note of oral feedback: a case, or information to the manager (C16)."""

    REGISTER = "register"
    FOR_INFORMATION = "for_information"


class ReceiptTo(enum.StrEnum):
    """Who gets a receipt, among those who can be reached and want contact (C03)."""

    EVERYONE = "everyone"
    WRITTEN = "written"
    WRITTEN_AND_NAMED = "written_and_named"


class ReceiptTells(enum.StrEnum):
    """What a receipt says besides the number of the case and the day of the answer, which always stand there (C04)."""

    CONTACT_PERSON = "contact_person"


class AnswerMode(enum.StrEnum):
    """Who sends the answer: the service, the officer with the mailbox in Cc, or a registrar who releases it (C06)."""

    RELAY = "relay"
    OFFICER_DIRECT = "officer_direct"
    CENTRAL_RELEASE = "central_release"


class PlainReply(enum.StrEnum):
    """What an officer's reply without a command does: a question back, or an answer to the submitter."""

    ASK = "ask"
    SEND = "send"


class Echo(enum.StrEnum):
    """Whether staff hear of what simply went well, or only of what is left to do, has not been done or will happen."""

    ALWAYS = "always"
    WHEN_NEEDED = "when_needed"


class CloseMode(enum.StrEnum):
    """When a case is closed: after a time of silence, with the answer, or on an officer's command (C08)."""

    QUIET = "quiet"
    ON_ANSWER = "on_answer"
    ON_COMMAND = "on_command"


class Required(enum.StrEnum):
    """What must be settled before a case is closed (C08, C13, HJO-43)."""

    TYPE = "type"
    CATEGORY = "category"
    PROCESS = "process"
    UNIT = "unit"
    OFFICER = "officer"
    MEASURE = "measure"
    PUBLICATION = "publication"


class Publish(enum.StrEnum):
    """Whether a closed case is published when nobody has said anything (C10)."""

    YES = "yes"
    NO = "no"
    ASK = "ask"


class SecrecyRoad(enum.StrEnum):
    """Who hears of a secret case: the committee's secretary, or the registrar (C15)."""

    SECRETARY = "secretary"
    REGISTRAR = "registrar"


class Period(enum.StrEnum):
    """How often a report is made: a tertial is four months (C14)."""

    MONTH = "month"
    TERTIAL = "tertial"
    HALF_YEAR = "half_year"
    YEAR = "year"


class Scope(enum.StrEnum):
    """One report of everything, or one for each department or unit."""

    ALL = "all"
    DEPARTMENTS = "departments"
    UNITS = "units"


class ReportContent(enum.StrEnum):
    """Figures, or a digest without names for a staff meeting (HJO-10, SPA-27)."""

    STATISTICS = "statistics"
    DIGEST = "digest"


class Disposable(enum.StrEnum):
    """What may be disposed of, each only by a line of its own (C17)."""

    BINDER = "binder"
    CASES = "cases"
    AUTOMATIC_MAIL = "automatic_mail"
    MAILBOX = "mailbox"


class Absence(enum.StrEnum):
    """Whether the substitute gets an absent officer's new cases at once, or somebody is asked."""

    ASK = "ask"
    AUTO = "auto"
