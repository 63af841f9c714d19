"""Shell completion, as bash runs it, and the scripts for the other shells."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli.conftest import PROGRAM, Installation


def completed(installation: Installation, *words: str) -> list[str]:
    """What bash offers for the last of the words."""
    script = (
        'eval "$(synpunkten completion bash)"; complete -p synpunkten >/dev/null || exit 1\n'
        f"COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}\n"
        '_synpunkten_completion synpunkten; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=installation.folder,
        env=os.environ | {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        pytest.param(("synpunkten", "qu"), ["quarantine"], id="command"),
        pytest.param(("synpunkten", "quarantine", "re"), ["release"], id="command of a group"),
        pytest.param(("synpunkten", "case", "list", "--sta"), ["--status"], id="option"),
        pytest.param(("synpunkten", "case", "list", "--status", "cl"), ["closed"], id="value"),
        pytest.param(("synpunkten", "init", ".", "--municipality", "ek"), ["ekvik"], id="municipality"),
    ],
)
def test_bash_completes(installation: Installation, words: tuple[str, ...], offered: list[str]) -> None:
    assert completed(installation, *words) == offered


def test_a_closed_standard_error_is_no_fault_and_no_register_takes_its_place() -> None:
    """As under some schedulers, and with `2>&-`."""
    program = "import os; from service import cli; cli._open_what_is_closed(); print(os.readlink('/proc/self/fd/2'))"
    ask = f'"{sys.executable}" -c "{program}; import sys; print(sys.stderr.isatty())" 2>&-'
    done = subprocess.run(["sh", "-c", ask], stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert done.stdout.split() == [os.devnull, "False"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_a_script_of_their_own(installation: Installation, shell: str) -> None:
    done = installation.invoke("completion", shell)
    assert done.exit_code == 0
    assert f"_SYNPUNKTEN_COMPLETE=complete_{shell}" in done.stdout
