"""A municipality's rules folder on disk: read whole, checked whole, and read anew when somebody has edited it."""

from collections.abc import Collection, Iterator
from pathlib import Path

from pydantic import BaseModel

from service.core.rules.rulebook import FILES, RuleBook
from service.core.rules.rulechecks import Problem, problems
from service.yamlfile import Document, Fault, YamlFault, nearest, read

MAY_BE_MISSING = frozenset({"forms.yaml"})


class RulesFault(YamlFault):
    """The folder cannot be used: `faults` says everything that is wrong in its files."""


def load(folder: Path, templates: Collection[str] | None = None) -> RuleBook:
    """The rulebook of a folder; `RulesFault` with all faults of all files.

    Whether the files agree with each other is asked once each of them is right.

    Args:
        folder: holds `municipality.yaml`, `people.yaml`, `routing.yaml` and perhaps `forms.yaml` and `templates/`.
        templates: the names of the mail templates that may be overridden; None: any.
    """
    book, faults = check(folder, templates)
    if book is None:
        raise RulesFault(faults)
    return book


def check(folder: Path, templates: Collection[str] | None = None) -> tuple[RuleBook | None, tuple[Fault, ...]]:
    """The rulebook (None where it cannot be used) and everything there is to say about the folder, warnings too."""
    documents: dict[str, Document] = {}
    parts: dict[str, BaseModel] = {}
    faults: list[Fault] = []
    for name, model in FILES.items():
        path = folder / name
        if name in MAY_BE_MISSING and not path.exists():
            continue
        try:
            documents[name] = read(path)
            parts[name.removesuffix(".yaml")] = documents[name].validated(model)
        except YamlFault as fault:
            faults += fault.faults
    faults += _overrides(folder, templates)
    if faults:
        return None, tuple(faults)
    forms = parts.pop("forms", None)
    book = RuleBook.model_validate(parts | {"forms": getattr(forms, "forms", ())})
    faults = sorted(
        (_fault(documents, problem) for problem in problems(book)), key=lambda f: (f.file, f.line, f.column)
    )
    return (None if any(not fault.warning for fault in faults) else book), tuple(faults)


def _fault(documents: dict[str, Document], problem: Problem) -> Fault:
    suggestion = nearest(problem.word, problem.right) if problem.right else ""
    return documents[problem.file].fault(problem.at, problem.message, suggestion, warning=problem.warning)


def _overrides(folder: Path, templates: Collection[str] | None) -> Iterator[Fault]:
    """Overrides that no mail would ever use."""
    root = folder / "templates"
    for path in sorted(root.rglob("*")) if templates is not None and root.is_dir() else ():
        name = path.relative_to(root).as_posix()
        if path.is_file() and not path.name.startswith(".") and name not in (templates or ()):
            yield Fault(str(path), 1, 1, f'no mail uses a template "{name}"', nearest(name, templates or ()))


class Watched:
    """A folder that may be edited while the daemon runs. The last good book stays in force."""

    def __init__(self, folder: Path, templates: Collection[str] | None = None) -> None:
        """Read the folder; `RulesFault` where it cannot be used from the start."""
        self._folder, self._templates = folder, templates
        self._seen = self._look()
        self.book = load(folder, templates)

    def refresh(self) -> tuple[Fault, ...]:
        """Read the folder anew if a file has changed. What is wrong is said once, by the call that found it."""
        seen = self._look()
        if seen == self._seen:
            return ()
        self._seen = seen
        book, faults = check(self._folder, self._templates)
        if book is None:
            return faults
        self.book = book
        return ()

    def _look(self) -> dict[str, tuple[int, int]]:
        """Time of change (ns) and size of every file; a file that vanishes meanwhile is simply not there."""
        seen = {}
        for path in self._folder.rglob("*"):
            try:
                status = path.stat()
            except OSError:
                continue
            if path.is_file():
                seen[str(path)] = (status.st_mtime_ns, status.st_size)
        return seen
