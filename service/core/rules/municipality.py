"""municipality.yaml: a municipality's names, promises and choices.

C numbers name the questions where the municipalities' routines differ or are silent; each is a setting here.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StringConstraints, WithJsonSchema

from service.core.calendar.durations import Duration
from service.core.cases import Case, Status
from service.core.faulttexts import say
from service.core.identity.labels import Situation, label_of
from service.core.rules.archiving import Archiving
from service.core.rules.choices import (
    Absence,
    Anonymous,
    AnswerMode,
    CloseMode,
    Disposable,
    Echo,
    Oral,
    PlainReply,
    ReceiptTells,
    ReceiptTo,
    Required,
    Road,
    Role,
    Roll,
    SecrecyRoad,
    StaffProof,
    Triage,
)
from service.core.rules.fieldtypes import (
    Address,
    Addresses,
    Count,
    Day,
    HoursText,
    Length,
    Model,
    OfficeHours,
    RegistryNumber,
    ReminderText,
    Terms,
    Text,
    Texts,
    Zone,
    listed,
)
from service.core.rules.mailing import AutomaticMail, Digest, Report
from service.core.rules.publishing import Publishing
from service.core.rules.trusting import AuthservOrName, TrustedHeader
from service.core.rules.words import Term
from service.core.speech.languages import NAMES


class Contact(Model):
    """How a citizen reaches the municipality by other roads (KLI-08)."""

    phone: Text | None = None
    web: Text | None = None
    email: Address | None = None
    postal: Text | None = None
    visit: Text | None = None
    duty_phone: Text | None = None
    duty_email: Address | None = None  # alerted at once; never shown to a citizen
    privacy: Text | None = None


class Measure(Model):
    """What a case can lead to: the municipality's word, and perhaps the sentence that a citizen reads for it."""

    word: Text
    sentence: Text = ""


_MEASURE_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": {"type": "string"}},
    ]
}


def _measure(value: object) -> object:
    if isinstance(value, Mapping) and len(value) == 1:
        ((word, sentence),) = value.items()
        return {"word": word, "sentence": sentence}
    return {"word": value} if isinstance(value, str) else value


_MeasureOrWord = Annotated[Measure, BeforeValidator(_measure), WithJsonSchema(_MEASURE_SCHEMA)]


class CaseNumber(Model):
    """EKV-26-00123-K: the prefix tells the municipality."""

    prefix: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{2,5}$")]


class LocalCalendar(Model):
    """Local closing days, on top of the public holidays and the three eves."""

    extra_non_working: tuple[Day, ...] = ()


class Deadlines(Model):
    """Promises, counted from arrival at the municipality (C01, C02, C20)."""

    receipt: Length = Duration.parse("2 working days")
    answer: Length = Duration.parse("10 working days")
    second_answer: Length = Duration.parse("10 working days")
    per_channel: Mapping[Text, Length] = {}
    per_process: Mapping[Text, Length] = {}
    roll: Roll = Roll.NONE

    @property
    def roll_to_working_day(self) -> bool:
        """Whether a calendar-day deadline that ends on a non-working day moves to the next working day."""
        return self.roll is Roll.NEXT_WORKING_DAY


class EscalationStep(Model):
    """So long after arrival these are told; with `repeat` again and again until the case is answered."""

    after: Length
    to: Annotated[tuple[Role, ...], Field(min_length=1), listed(Role, 1)]
    repeat: Length | None = None


def _not_told_anyway(value: object) -> object:
    """Without the day of the answer: rules written for an earlier version name it, and it stands in every receipt."""
    return [each for each in value if each != _ANSWER_DATE] if isinstance(value, list) else value


_ANSWER_DATE = "answer_date"


class Receipt(Model):
    """Who gets a receipt and what it says (C03, C04)."""

    to: ReceiptTo = ReceiptTo.EVERYONE
    tells: Annotated[tuple[ReceiptTells, ...], listed(ReceiptTells), BeforeValidator(_not_told_anyway)] = ()


class Answer(Model):
    """How an answer leaves (C06, C07), and whether the registrar gets a copy (KOP-26, SPA-26)."""

    mode: AnswerMode = AnswerMode.RELAY
    plain_reply: PlainReply = PlainReply.ASK
    oral: StrictBool = False
    copy_to_registrar: StrictBool = False
    undo: Length = Duration.parse("0 minutes")


class Close(Model):
    """When a case is closed and what is needed for it (C08, C09)."""

    mode: CloseMode = CloseMode.ON_COMMAND
    quiet: Length = Duration.parse("21 days")
    require: Annotated[tuple[Required, ...], listed(Required)] = ()
    notify: StrictBool = False


class Secrecy(Model):
    """The road of secret cases (C15); their content is in no mail whatever is set here.

    praise: whether mere praise of a unit is secret where the unit's matters are.
    """

    to: SecrecyRoad = SecrecyRoad.SECRETARY
    provision: Text = "26 kap. 1 § OSL"
    praise: StrictBool = True


class Diary(Model):
    """Who gets a copy of each case for the official diary, where that is another register (C18), and its numbers.

    number: an example of a registry number (diarienummer); `#DNR` takes those of the same form.
    """

    copy_to: Addresses = ()
    number: RegistryNumber | None = None


class Paper(Model):
    """How letters on paper look (HJO-34, HJO-35). mark: a picture in the rules folder, at the top of each."""

    mark: Annotated[Text, StringConstraints(pattern=r"^[^/\\\\]+$")] | None = None


class TypeWords(Model):
    """The words that tell a type, and those beside which they do not ("tack" in a complaint)."""

    words: Terms
    not_words: Terms = ()


PROTECTED: Terms = tuple(
    map(Term.parse, ("skyddad identitet", "skyddad adress", "skyddade personuppgifter", "skyddad folkbokföring"))
)


class WordLists(Model):
    """Words that count whatever rule holds: the case is secret, or the duty address is alerted at once.

    secrecy: who lives with protected personal data is in danger where they show (OSL 22 kap. 1 §), whatever the routine
    says or leaves out (C15).
    types: words that tell a type of the municipality's list, where the rule names none (KOP-02).
    """

    secrecy: Terms = PROTECTED
    urgent: Terms = ()
    types: Mapping[Text, TypeWords] = {}


class OwnLanguage(Model):
    """Who hears of what is written in a language, whoever has the case (lag 2009:724: Finnish, Meänkieli, Sami)."""

    for_information: Addresses = ()


def _language(code: str) -> str:
    if code not in NAMES:
        raise ValueError(say("no-language", code=code, known=", ".join(NAMES)))
    return code


class OtherRoad(Model):
    """What a mail may be besides feedback: the words that tell it, and who is alerted at once, whatever the hour.

    words: in place of the service's own; an empty list switches it off. how: what a citizen is told of that road.
    """

    words: Terms | None = None
    to: Addresses = ()
    how: Text | None = None


class Disposal(Model):
    """What is disposed of, and how long after it was closed or came in."""

    what: Disposable
    after: Length


class Likeness(Model):
    """What happens when many write about the same thing.

    suggest: where no rule decides, the registrar is shown the unit that has answered such cases before.
    """

    tell_manager_at: Count = 10
    raise_ladder: StrictBool = False
    suggest: StrictBool = False


_CALLED = {
    Role.OFFICER: "den som har ärendet",
    Role.MANAGER: "närmaste chef",
    Role.HEAD: "förvaltningschefen",
    Role.REGISTRAR: "registratorn",
}


class Municipality(Model):
    """municipality.yaml: names, promises and choices."""

    name: Text
    sender_name: Text = ""
    contact: Contact = Contact()
    case_number: CaseNumber
    map: Text = "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
    time_zone: Zone = "Europe/Stockholm"
    calendar: LocalCalendar = LocalCalendar()
    staff_domains: Texts = ()
    staff_proof: StaffProof = StaffProof.EITHER
    trusted_authserv: Annotated[tuple[AuthservOrName, ...], listed(AuthservOrName, alone=Text)] = ()
    trusted_headers: tuple[TrustedHeader, ...] = ()
    own_lists: Texts = ()
    deadlines: Deadlines = Deadlines()
    reminders: Annotated[tuple[ReminderText, ...], listed(ReminderText)] = ()
    escalation: tuple[EscalationStep, ...] = ()
    office_hours: HoursText = OfficeHours.parse("07:30-16:30")
    triage: Triage = Triage.AUTO
    anonymous: Anonymous = Anonymous.REGISTER
    oral: Oral = Oral.REGISTER
    receipt: Receipt = Receipt()
    answer: Answer = Answer()
    echo: Echo = Echo.ALWAYS
    close: Close = Close()
    publish: Publishing = Publishing()
    secrecy: Secrecy = Secrecy()
    diary: Diary = Diary()
    paper: Paper = Paper()
    words: WordLists = WordLists()
    roads: Mapping[Road, OtherRoad] = {}
    languages: Mapping[Annotated[Text, AfterValidator(_language)], OwnLanguage] = {}
    types: Texts = ("beröm", "fråga", "förslag", "klagomål", "övrigt")
    own_type: StrictBool = False  # whether staff may write a type that is not in the list (HJO-45)
    categories: Texts = ()
    measures_: Annotated[tuple[_MeasureOrWord, ...], listed(_MeasureOrWord, alone=Text)] = Field((), alias="measures")
    processes: Texts = ("synpunkt",)
    channels: Texts = (
        "e-post",
        "webbformulär",
        "sidkommentar",
        "brev",
        "blankett",
        "telefon",
        "besök",
        "sociala medier",
    )
    status_labels: Mapping[Status | Situation, Text] = {}
    roles: Mapping[Role, Text] = {}
    automatic_mail: AutomaticMail = AutomaticMail()
    digest: Digest = Digest()
    absence: Absence = Absence.ASK
    likeness: Likeness = Likeness()
    content_question: StrictBool = False
    reports: tuple[Report, ...] = ()
    disposal: tuple[Disposal, ...] = ()
    archive: Archiving = Archiving()

    def label(self, case: Case) -> str | None:
        """The municipality's own word for where a case stands, None where it has none (HJO-40)."""
        receipted = case.receipt_sent_at is not None
        return label_of(self.status_labels, status=case.status, contact=case.submitter.contact, receipted=receipted)

    def called(self, role: Role) -> str:
        """What mails call somebody in that role, in the municipality's own word where it has one ("Kundtjänst")."""
        return self.roles.get(role) or _CALLED[role]

    def alerted(self, road: Road) -> tuple[str, ...]:
        """Who the municipality says is to hear at once of such a mail; none: whoever the service proposes."""
        wanted = self.roads.get(road)
        return wanted.to if wanted else ()

    def reads(self, language: str) -> tuple[str, ...]:
        """Who is to hear of what is written in that language (its code)."""
        own = self.languages.get(language)
        return own.for_information if own else ()

    @property
    def ways(self) -> dict[str, str]:
        """What a citizen is told of each other road, by the road's name; empty where the municipality says nothing."""
        said = {road: own.how for road, own in self.roads.items()}
        return {road.value: said.get(road) or "" for road in Road}

    @property
    def measures(self) -> tuple[str, ...]:
        """The words for what a case can lead to."""
        return tuple(measure.word for measure in self.measures_)

    @property
    def measure_sentences(self) -> dict[str, str]:
        """What a citizen reads in place of such a word, where the municipality says it in a sentence."""
        return {measure.word: measure.sentence for measure in self.measures_ if measure.sentence}

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """The names of the municipality's own mail servers, as patterns."""
        return tuple(server.host for server in self.trusted_authserv)

    def on_map(self, position: str) -> str:
        """The address of a map that shows a position (`59.51, 15.99`); empty without one."""
        latitude, _, longitude = position.partition(", ")
        return self.map.replace("{latitude}", latitude).replace("{longitude}", longitude) if longitude else ""

    @property
    def sender(self) -> str:
        """The name that mails go out under."""
        return self.sender_name or f"{self.name} – Synpunkten"
