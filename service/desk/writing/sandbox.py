"""Where templates are filled in: Jinja's sandbox, what a template may use there, and how much it may do.

A municipality's own template is somebody's text: it can slip, and loop. Whatever goes wrong is said in one line, in the
words of whoever writes templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from types import BuiltinMethodType, CodeType, MethodType
from typing import Any

from jinja2 import BaseLoader, BytecodeCache, StrictUndefined, TemplateNotFound, TemplateSyntaxError, pass_context
from jinja2.bccache import Bucket
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from service.core.calendar import days
from service.core.faulttexts import Said, say
from service.core.mailto import mailto, subject_of
from service.core.people.personal import mask_personal_numbers
from service.core.reasons import mail_server_in_swedish, reason_in_swedish
from service.core.speech import languages, swedish
from service.desk.writing import markup

LARGEST_LETTER = 1_000_000
"""Characters that an own template may write, besides what it quotes; a letter has some thousand."""
MOST_ROUNDS = 10_000
"""How often the counting loops (`range`) of one letter may go round, all together."""


@dataclass(frozen=True, slots=True)
class Source:
    """A template's text, and the file that it stands in."""

    text: str
    file: str


class _Bound(SecurityError):
    """A template would do more than a letter needs."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


class _Loader(BaseLoader):
    """Templates that have been read already."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources

    def get_source(self, _environment: Any, template: str) -> tuple[str, str, None]:
        """A template's text and file."""
        if template not in self._sources:
            raise TemplateNotFound(template)
        return self._sources[template].text, self._sources[template].file, None

    def list_templates(self) -> list[str]:
        """The names there are."""
        return sorted(self._sources)


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


_COMPILED = _Compiled()


class Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, which works out once for each sort of value whether a template may have an attribute of it."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._safe: dict[tuple[type, str], bool] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template finds besides the facts, as a plain dict: every part that it includes copies it."""
        return {**self.globals, **(d or {})}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As the library has it; at once where the sort of value and the name are known to be harmless."""
        value = getattr(obj, attribute, None)
        if value is None or isinstance(value, _METHODS) or not self._safe.get((type(obj), attribute)):
            return super().getattr(obj, attribute)
        return value

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Whether the attribute is none of Python's own inside: the sort of value and the name decide that."""
        key = type(obj), attr
        if key not in self._safe:
            self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return self._safe[key]

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Products of numbers and texts filled in; powers, products of texts and wide fields could fill the memory."""
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        filled_in = operator == "%" and isinstance(left, str) and not _WIDE.search(left)
        if operator == "**" or not (numbers or filled_in):
            raise _Bound(say("no-powers", operator=operator))
        return super().call_binop(context, operator, left, right)


_METHODS = MethodType, BuiltinMethodType  # of which the library looks for those that fill in texts
_WIDE = re.compile(r"\d{4}|\*")  # a field of a thousand characters or more, or of as many as somebody says


def environment(sources: Mapping[str, Source]) -> Sandbox:
    """A sandbox that fills in these templates, with what they may use."""
    made = Sandbox(
        loader=_Loader(sources),
        bytecode_cache=_COMPILED,
        cache_size=-1,  # as many as there are files
        undefined=StrictUndefined,
        finalize=_one_line,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.globals.pop("lipsum")  # words without end
    made.filters |= {
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
        "masked": mask_personal_numbers,
        "format": _formatted,
    }
    return made


def filled(sandbox: Sandbox, name: str, facts: Mapping[str, Any], largest: int | None = None) -> tuple[str, str]:
    """Subject and body source of a letter; `largest` bounds its characters.

    Raises:
        jinja2.TemplateError: the template cannot be filled in with these facts, or would do more than a letter needs.
    """
    template, given = sandbox.get_template(f"{name}.txt"), {"range": _Rounds(), **facts}
    written = template.render(given) if largest is None else "".join(_bounded(template.generate(given), largest))
    first, _, body = written.lstrip().partition("\n")
    # A first line of another sort is the letter's text, whose greeting is no subject.
    _, is_subject, subject = markup.unmarked(first).partition("Ämne:")
    return (" ".join(subject.split()), body) if is_subject else ("", f"{first}\n{body}")


def _bounded(pieces: Iterable[str], largest: int) -> Iterator[str]:
    """The pieces, until they are too many characters."""
    for piece in pieces:
        largest -= len(piece)
        if largest < 0:
            raise _Bound(say("too-long-letter", most=LARGEST_LETTER))
        yield piece


class _Rounds:
    """`range` for templates: all loops of a letter share one number of rounds, so that none goes on for ever."""

    def __init__(self) -> None:
        self._left = MOST_ROUNDS

    def __call__(self, *bounds: int) -> Iterator[int]:
        for number in range(*bounds):
            self._left -= 1
            if self._left < 0:
                raise _Bound(say("too-many-rounds", most=MOST_ROUNDS))
            yield number


def said_of(error: Exception) -> Said:
    """What is wrong, in one line. Only the library's own words: another error's text may hold what somebody wrote."""
    words = " ".join(str(error.args[0] if error.args else error).split())
    match error:
        case _Bound():
            return error.said
        case TemplateNotFound():
            return say("not-included", name=error.name)
        case UndefinedError() if name := _UNDEFINED.search(words):
            return say("not-there", name=name[1])
        case TemplateSyntaxError():
            return _said_of_syntax(words)
        case UndefinedError() | SecurityError():
            return say("cannot-be-filled", english=words)
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


def _formatted(text: str, *values: Any) -> str:
    """Jinja's `format`, with fields of ordinary width."""
    if _WIDE.search(text):
        raise _Bound(say("no-powers", operator="format"))
    return text % values


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
    if isinstance(value, str) and not isinstance(value, _Safe):
        return markup.inline(mask_personal_numbers(value))
    return "" if value is None else value
