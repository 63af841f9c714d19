"""A municipality's rules folder on disk: read whole, checked whole, and read anew when somebody has edited it."""

import time
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel

from service.core.faulttexts import say
from service.core.publicity import pictures
from service.core.rules.problem import Problem
from service.core.rules.rulebook import FILES, RuleBook
from service.core.rules.rulechecks import problems
from service.core.rules.settings import without_effect
from service.yamlfile import Document, Fault, YamlFault, nearest, read

MAY_BE_MISSING = frozenset({"forms.yaml"})
_MOST_READINGS = 20
_SECONDS_BETWEEN_READINGS = 0.1
_NEARLY = 0.75  # as near as `formulär.yaml` to `forms.yaml`, and nearer than `rules.yaml`


class RulesFault(YamlFault):
    """The folder cannot be used: `faults` says everything that is wrong in its files."""


def load(folder: Path, own: Collection[str] = ()) -> RuleBook:
    """The rulebook of a folder; `RulesFault` with all faults of all files.

    Whether the files agree with each other is asked once each of them is right.

    Args:
        folder: holds `municipality.yaml`, `people.yaml`, `routing.yaml` and perhaps `forms.yaml`.
        own: the addresses of the service's mailboxes, where they are known.
    """
    book, faults = check(folder, own)
    if book is None:
        raise RulesFault(fault for fault in faults if not fault.warning)
    return book


def check(folder: Path, own: Collection[str] = ()) -> tuple[RuleBook | None, tuple[Fault, ...]]:
    """The rulebook (None where it cannot be used) and everything there is to say about the folder, warnings too.

    A file that is being written meanwhile is read again.
    """
    for _ in range(_MOST_READINGS):
        before = _look(folder)
        found = _check(folder, own)
        if _look(folder) == before:
            break
        time.sleep(_SECONDS_BETWEEN_READINGS)
    return found


def _check(folder: Path, own: Collection[str]) -> tuple[RuleBook | None, tuple[Fault, ...]]:
    documents: dict[str, Document] = {}
    parts: dict[str, BaseModel] = {}
    faults: list[Fault] = []
    for name, model in FILES.items():
        path = folder / name
        if name in MAY_BE_MISSING and not path.exists():
            continue
        try:
            documents[name] = _with_something_in_it(read(path), name)
            parts[name.removesuffix(".yaml")] = documents[name].validated(model)
        except YamlFault as fault:
            faults += fault.faults
    if faults:
        return None, tuple(faults)
    settings = {name: (documents[name], parts[name.removesuffix(".yaml")]) for name in documents}
    forms = parts.pop("forms", None)
    book = RuleBook.model_validate(parts | {"forms": getattr(forms, "forms", ())})
    faults = [_fault(documents, problem) for problem in problems(book, own)]
    if not book.routing.rules:
        faults.append(documents["routing.yaml"].fault(("rules",), say("no-rules"), warning=True))
    faults += [*_mark(folder, documents, book), *_misnamed(folder), *_no_effect(settings)]
    faults.sort(key=lambda fault: (fault.warning, fault.file, fault.line, fault.column))
    return (None if any(not fault.warning for fault in faults) else book), tuple(faults)


def _with_something_in_it(document: Document, name: str) -> Document:
    """Empty files are what a full disk or a broken connection leaves behind, and nobody's decision."""
    if document.plain is None:
        what = say("take-it-away") if name in MAY_BE_MISSING else say("restore-it")
        raise YamlFault([document.fault((), say("file-empty"), what)])
    return document


def _fault(documents: dict[str, Document], problem: Problem) -> Fault:
    suggestion = nearest(problem.word, problem.right) if problem.right else problem.suggestion
    return documents[problem.file].fault(problem.at, problem.message, suggestion, warning=problem.warning)


def _mark(folder: Path, documents: dict[str, Document], book: RuleBook) -> Iterator[Fault]:
    """What makes the picture for letters on paper unusable: they are printed without it."""
    name = book.municipality.paper.mark
    if name is None:
        return
    what = None
    try:
        content = (folder / name).read_bytes()
    except OSError:
        what = say("mark-missing", name=name)
    else:
        if not pictures.ending_of(content):
            what = say("mark-no-picture", name=name)
        elif len(content) > pictures.LARGEST:
            what = say("mark-too-large", name=name)
    if what:
        yield documents["municipality.yaml"].fault(("paper", "mark"), what, warning=True)


def _misnamed(folder: Path) -> Iterator[Fault]:
    """Files that look like one of the four, and folders that look like the one of the letters, and are not read."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "#")) or path.name.endswith("~"):  # an editor's own
            continue
        right = FILES if path.is_file() else ("templates",)
        if path.name not in right and (near := _meant(path, right)):
            yield Fault(str(path), 1, 1, say("not-read"), say("did-you-mean", word=near), warning=True)


def _meant(path: Path, right: Collection[str]) -> str | None:
    """Which name it nearly has: with another ending (`forms.yaml.txt`), or of one that is missing (`form.yaml`)."""
    name = path.name.casefold()
    same_stem = (each for each in right if name.startswith(each.partition(".")[0] + "."))
    missing = [each for each in right if not path.with_name(each).exists()]
    return next(same_stem, None) or next(iter(get_close_matches(name, missing, n=1, cutoff=_NEARLY)), None)


def _no_effect(settings: Mapping[str, tuple[Document, BaseModel]]) -> Iterator[Fault]:
    for name, (document, model) in settings.items():
        for key, at in without_effect(name, model).items():
            yield document.fault(at, say("no-effect", key=key), key=True, warning=True)


def _look(folder: Path) -> dict[str, tuple[int, int]]:
    """Time of change (ns) and size of every file; a file that vanishes meanwhile is simply not there."""
    seen = {}
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except OSError:
            continue
        if path.is_file():
            seen[str(path)] = (status.st_mtime_ns, status.st_size)
    return seen


class Watched:
    """A folder that may be edited while the daemon runs. The last good book stays in force.

    book: the rules in force. faults: why the folder as it is now is not in force; none where it is.
    """

    def __init__(self, folder: Path, own: Collection[str] = ()) -> None:
        """Read the folder; `RulesFault` where it cannot be used from the start."""
        self._folder, self._own = folder, own
        self._seen = _look(folder)
        self._doubted: dict[str, tuple[int, int]] | None = None
        self._is_asked = False
        self.book = load(folder, own)
        self._texts = _texts(folder)
        self.faults: tuple[Fault, ...] = ()

    def reload(self) -> None:
        """Let the next `refresh` read the folder in any case, and take over also rules that have become few."""
        self._is_asked = True

    def refresh(self) -> bool:
        """Read the folder anew if a file has changed. Whether something is to be taken over or told.

        What is faulty, or looks as if it were half written, is judged when it is the same at the next look: somebody
        may be writing it at this moment.
        """
        seen = _look(self._folder)
        if seen == self._seen and not self._is_asked:
            return False
        book, faults = check(self._folder, self._own)
        texts = _texts(self._folder)
        if book and not self._is_asked:
            faults = tuple(_lost(self._folder, self.book, book, self._texts, texts))
            book = None if faults else book
        if book is None and not self._is_asked and seen != self._doubted:
            self._doubted = seen
            return False
        self._seen, self._doubted, self._is_asked = seen, None, False
        self.faults = () if book else tuple(fault for fault in faults if not fault.warning)
        if book:
            self.book, self._texts = book, texts
        return True


def _texts(folder: Path) -> dict[str, bytes]:
    """What stands in the files; one that vanishes meanwhile is empty."""
    texts = {}
    for name in FILES:
        try:
            texts[name] = (folder / name).read_bytes()
        except OSError:
            texts[name] = b""
    return texts


_MANY = 8


def _lost(
    folder: Path, before: RuleBook, after: RuleBook, old: Mapping[str, bytes], new: Mapping[str, bytes]
) -> Iterator[Fault]:
    """Signs that a file was saved by half: it is the beginning of the one in force, or most entries are gone."""
    for name, text in new.items():
        half_a_line = old[name].endswith(b"\n") and not text.endswith(b"\n")
        is_beginning = text != old[name] and old[name].startswith(text)
        if text and is_beginning and (half_a_line or len(text) < 3 * len(old[name]) / 4):
            yield Fault(str(folder / name), text.count(b"\n") + 1, 1, say("file-cut-off"), say("restore-it"))
    for name, what, were, are in (
        ("routing.yaml", "rules", before.routing.rules, after.routing.rules),
        ("people.yaml", "units", before.people.units, after.people.units),
        ("people.yaml", "people", before.people.people, after.people.people),
        ("forms.yaml", "forms", before.forms, after.forms),
    ):
        if (were and not are) or (len(were) >= _MANY and 2 * len(are) < len(were)):
            fewer = say("fewer", now=len(are), before=len(were), what=say(what))
            yield Fault(str(folder / name), 1, 1, fewer, say("if-meant"))
