"""Where templates are filled in: Jinja's sandbox, with a small `vocabulary` and an `allowance` for each filling.

A municipality's own template is somebody's text: it can slip, and loop. Whatever goes wrong is said in one line, in the
words of whoever writes templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from math import inf
from types import BuiltinMethodType, CodeType
from typing import Any

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
    pass_context,
)
from jinja2.bccache import Bucket
from jinja2.exceptions import SecurityError, TemplateRuntimeError, UndefinedError
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Namespace

from service.core.calendar import days
from service.core.faulttexts import Said, say
from service.core.mailto import mailto, subject_of
from service.core.people.accounts import mask_numbers
from service.core.people.personal import mask_personal_numbers
from service.core.reasons import mail_server_in_swedish, reason_in_swedish
from service.core.speech import languages, swedish
from service.desk.writing import markup
from service.desk.writing.allowance import Bound, Metered, all_paying, allowed, called, paid, rounds, spend
from service.desk.writing.vocabulary import (
    MOST_CHARACTERS,
    filled_in,
    filters,
    in_place_of,
    may_have,
    not_allowed,
    tests,
)

LARGEST_LETTER = 1_000_000
"""Characters that an own template may write, besides what it quotes; a letter has some thousand."""
_WORK_A_CHARACTER = 10
"""What an own template may do for each of them (see `allowance`); the shipped ones need some thousand for a letter."""


@dataclass(frozen=True, slots=True)
class Source:
    """A template's text, and the file that it stands in."""

    text: str
    file: str


class _Refused(TemplateSyntaxError):
    """A template says what letters have no use for."""

    def __init__(self, said: Said, line: int, name: str | None, file: str | None) -> None:
        super().__init__(said, line, name, file)
        self.said = said


class _Loader(BaseLoader):
    """Templates that have been read already.

    whole: each with the parts that it includes in it, so that none of them is looked up for every letter. A fault there
    is told with the line of the whole: that is for templates which have none.
    """

    def __init__(self, sources: Mapping[str, Source], *, whole: bool) -> None:
        self._sources, self._whole = sources, whole

    def get_source(self, _environment: Any, template: str) -> tuple[str, str, None]:
        """A template's text and file."""
        if template not in self._sources:
            raise TemplateNotFound(template)
        source = self._sources[template]
        return self._with_parts(source.text) if self._whole else source.text, source.file, None

    def _with_parts(self, text: str) -> str:
        return _INCLUDED.sub(self._part, text)

    def _part(self, found: re.Match[str]) -> str:
        """The part that is included; one that is not there stays named, and whoever fills the letter in says so."""
        source = self._sources.get(found[1])
        return f"{_PART}{self._with_parts(source.text)}{_ENDS}" if source else found[0]

    def list_templates(self) -> list[str]:
        """The names there are."""
        return sorted(self._sources)


_INCLUDED = re.compile(r'\{% include "([^"]+)" %\}')
_PART, _ENDS = "{% with %}\n", "{%+ endwith %}"  # names set in a part are its own, and it begins a line as a file does


class _Compiled(BytecodeCache):
    """The newest compiled form of each file, for every stationery of this process: most of what they read is the same.

    Compiling a template takes a hundred times as long as filling it in, and every sandbox compiles alike.
    """

    def __init__(self) -> None:
        self._held: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a file whose text is still the same."""
        text, code = self._held.get(bucket.key, ("", None))
        bucket.code = code if text == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a file, in the place of what it was before."""
        if bucket.code:
            self._held[bucket.key] = bucket.checksum, bucket.code


_COMPILED = {measured: _Compiled() for measured in (True, False)}


class Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, which knows what a template may have of each sort of value, and what everything costs.

    measured: whether it costs anything. Shipped templates are known to end, and are filled in as fast as it goes.
    """

    spend, paid, rounds = staticmethod(spend), staticmethod(paid), staticmethod(rounds)

    def __init__(self, *, measured: bool, **settings: Any) -> None:
        super().__init__(**settings)
        self.measured = measured
        if measured:
            self.code_generator_class = Metered
            self.intercepted_binops = frozenset(self.binop_table)
        self._safe: dict[tuple[type, str], bool] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template finds besides the facts, as a plain dict: every part that it includes copies it."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """As the library reads it; what is not for letters is refused with its line, also where no letter comes by."""
        if len(source) > MOST_CHARACTERS:
            raise _Refused(say("long-template", most=MOST_CHARACTERS), 1, name, filename)
        with _readable(name, filename):
            template = super()._parse(source, name, filename)
            for line, said in not_allowed(template, self):
                raise _Refused(said, line, name, filename)
        return template

    def _generate(self, *given: Any, **named: Any) -> str:
        with _readable(*given[1:3]):
            return super()._generate(*given, **named)

    def _compile(self, source: str, filename: str) -> CodeType:
        with _readable(None, filename):
            return super()._compile(source, filename)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As the library has it; at once where the sort of value and the name are known to be harmless."""
        value = getattr(obj, attribute, None)
        if value is None or isinstance(value, BuiltinMethodType) or not self._safe.get((type(obj), attribute)):
            return super().getattr(obj, attribute)
        return value

    def getitem(self, obj: Any, argument: Any) -> Any:
        """As the library has it; what is looked up by is paid for."""
        return super().getitem(obj, argument if isinstance(argument, str) else paid(argument))

    def wrap_str_format(self, value: Any) -> Any:
        """What stands in the place of a method that makes much out of little."""
        return in_place_of(value)

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002 - the library's
        """Whether templates may have it: the sort of value and the name decide that."""
        key = type(obj), attr
        if key not in self._safe:
            self._safe[key] = may_have(*key)
        return self._safe[key]

    def unsafe_undefined(self, obj: object, attribute: str) -> Undefined:  # noqa: ARG002 - the library's
        """What templates may not have is refused at once."""
        raise Bound(say("no-method", name=attribute))

    def call(self, context: Context, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a function or a part of a template, paid for."""
        if not self.measured:
            return super().call(context, function, *args, **kwargs)
        if isinstance(text := getattr(function, "__self__", None), str):
            paid(text)
        return called(super().call, context, function, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """What becomes of two values is paid for; products are for numbers, and powers are not worked out."""
        if operator == "%" and isinstance(left, str):
            return paid(filled_in(left, paid(right)))
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "**" or not (numbers or operator in "+-"):
            raise Bound(say("no-powers", operator=operator))
        return paid(super().call_binop(context, operator, left, right))


@contextmanager
def _readable(name: str | None, filename: str | None) -> Iterator[None]:
    """Parts within parts, or numbers, that no reader comes to the end of are a fault of the template."""
    try:
        yield
    except (RecursionError, MemoryError, SyntaxError, ValueError) as error:
        raise _Refused(say("template-fault"), 1, name, filename) from error


def environment(sources: Mapping[str, Source], *, measured: bool = True) -> Sandbox:
    """A sandbox that fills in these templates, with what they may use; `measured` where they are not all our own."""
    made = Sandbox(
        measured=measured,
        loader=_Loader(sources, whole=not measured),
        bytecode_cache=_COMPILED[measured],
        cache_size=-1,  # as many as there are files
        undefined=StrictUndefined,
        finalize=_paid_line if measured else _one_line,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.globals = {"dict": dict, "namespace": Namespace, "range": range}
    made.filters, made.tests = filters() | _OUR_FILTERS, tests()
    if measured:
        made.filters, made.tests = all_paying(made.filters), all_paying(made.tests)
    return made


def filled(sandbox: Sandbox, name: str, facts: Mapping[str, Any], quoted: int = 0) -> tuple[str, str]:
    """Subject and body source of a letter; one that is not all our own may be so long, besides what is `quoted`.

    Raises:
        jinja2.TemplateError: the template cannot be filled in with these facts, or would do more than a letter needs.
    """
    most = LARGEST_LETTER + quoted if sandbox.measured else inf
    with allowed(most * _WORK_A_CHARACTER):
        template = sandbox.get_template(f"{name}.txt")
        written = "".join(_bounded(template.generate(facts), most)) if sandbox.measured else template.render(facts)
    first, _, body = written.lstrip().partition("\n")
    # A first line of another sort is the letter's text, whose greeting is no subject.
    _, is_subject, subject = markup.unmarked(first).partition("Ämne:")
    return (" ".join(subject.split()), body) if is_subject else ("", f"{first}\n{body}")


def _bounded(pieces: Iterable[str], largest: float) -> Iterator[str]:
    """The pieces, until they are too many characters."""
    for piece in pieces:
        largest -= len(piece)
        if largest < 0:
            raise Bound(say("too-long-letter", most=LARGEST_LETTER))
        yield piece


def said_of(error: Exception) -> Said:
    """What is wrong, in one line. Only the library's own words: another error's text may hold what somebody wrote."""
    words = " ".join(str(error.args[0] if error.args else error).split())
    match error:
        case Bound() | _Refused():
            return error.said
        case TemplateNotFound():
            return say("not-included", name=error.name)
        case UndefinedError() if name := _UNDEFINED.search(words):
            return say("not-there", name=name[1])
        case TemplateSyntaxError():
            return _said_of_syntax(words)
        case UndefinedError() | SecurityError():
            return say("cannot-be-filled", english=words)
        case TemplateRuntimeError():  # a filter that is named by another
            return _said_of_syntax(words)
        case RecursionError():
            return say("endless")
    return say("cannot-be-filled", english=type(error).__name__)


def _said_of_syntax(words: str) -> Said:
    """What is wrong with a template's marks, in the words of whoever writes templates and not of the parser."""
    for pattern, kind in _SYNTAX:
        if found := pattern.search(words):
            return say(kind, **found.groupdict())
    return say("template-fault")


_SYNTAX = (
    (re.compile(r"Unexpected end of template.* that needs to be closed is '(?P<name>\w+)'"), "block-open"),
    (re.compile(r"No filter named '(?P<name>.+?)'"), "no-filter"),
    (re.compile(r"No test named '(?P<name>.+?)'"), "no-filter"),
    (re.compile(r"(?:Encountered unknown tag|jumble this\. Encountered) '(?P<name>\w+)'"), "no-block"),
)

_UNDEFINED = re.compile(r"(?:^|no attribute )'([^']+)'(?: is undefined)?$")


class _Safe(str):
    """Text that a filter has made safe: it keeps its lines."""

    __slots__ = ()


def _literal(text: str, language: str = "") -> _Safe:
    return _Safe(markup.literal(text, language))


def _quote(text: str, language: str = "") -> _Safe:
    return _Safe(markup.quote(text, language))


def _page(words: str, address: str) -> _Safe:
    """A link to a page, whose words say where it leads."""
    return _Safe(markup.page(words, mask_personal_numbers(address)))


def _mark(number: str) -> _Safe:
    """The case number in brackets, our own mark, which stands once in a letter: else the letter's foot has it."""
    return _Safe(markup.OUR_MARK if number else "")


def _opening(words: str) -> str:
    """The words as they begin a sentence; names in them keep their letters."""
    return words[:1].upper() + words[1:]


@pass_context
def _mailto(context: Context, words: str, body: str = "", *, number: str = "", subject: str = "") -> _Safe:
    """A link that opens a mail to us, filled in: `{{ "Svara och avsluta"|mailto("#SVAR\\n…\\n#AVSLUTA") }}`.

    number: the case that it is about, else the letter's own. subject: for a mail that is about no case. The words alone
    where a mail that answers no letter of ours would not be believed.
    """
    if not context.get("clicks", True):
        return _Safe(markup.inline(mask_personal_numbers(words)))
    case = context.get("case")
    number = number or (case.number if case else "")
    address = mailto(context["mailbox"], subject or (subject_of(number) if number else ""), body)
    return _Safe(markup.link(mask_personal_numbers(words), address))


def _one_line(value: object) -> object:
    """Everything else that a template inserts is one line of it: nobody's words can become markup. None is nothing.

    Personal numbers stay out of every letter, wherever they stood: in a name, a title, the name of a file.
    """
    if isinstance(value, str):
        return value if isinstance(value, _Safe) or value.isalpha() else markup.inline(mask_personal_numbers(value))
    if value is None or isinstance(value, int | float | date):
        return "" if value is None else value
    return _one_line(str(value))


def _paid_line(value: object) -> object:
    """The same, paid for."""
    if isinstance(value, str):
        spend(len(value))
    elif value is not None:
        paid(value)
        if not isinstance(value, int | float | date):
            return _paid_line(str(value))
    return _one_line(value)


_OUR_FILTERS = {
    "day": days.day,
    "short_day": swedish.short_day,
    "literal": _literal,
    "quote": _quote,
    "joined": swedish.join,
    "counted": swedish.count,
    "cases": swedish.cases,
    "in_swedish": reason_in_swedish,
    "mail_server": mail_server_in_swedish,
    "mailto": _mailto,
    "spoken": languages.told_by_words,
    "language": lambda code: languages.NAMES.get(code, code),
    "page": _page,
    "mark": _mark,
    "opening": _opening,
    "masked": mask_numbers,
}
