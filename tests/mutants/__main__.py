"""`python -m tests.mutants [MODULE …]`: a sample of changes in each module, and those that no test notices."""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

import pytest

from tests.mutants.changes import SERVICE
from tests.mutants.trial import Trial

_TALK = "tests/conversations/test_"
_NEAREST = {  # the tests that are likeliest to notice a change in a module, or in those of its folder
    "core/gate": ("tests/core/test_gate.py", f"{_TALK}machines.py"),
    "core/classify": ("tests/core/test_classify.py", "tests/core/test_decide_machines.py", f"{_TALK}odd_mail.py"),
    "core/evolve": ("tests/core/test_evolve.py", f"{_TALK}citizen_and_officer.py"),
    "core/people/origin": ("tests/core/test_origin.py", "tests/core/test_decide_staff.py", f"{_TALK}proof.py"),
    "core/speech/commands": ("tests/core/test_commands.py", f"{_TALK}orders.py"),
    "core/speech/orders": ("tests/core/test_commands.py", f"{_TALK}orders.py", f"{_TALK}plain_replies.py"),
    "core/decide/mail": (
        f"{_TALK}canary.py",
        "tests/core/test_decide_machines.py",
        "tests/core/test_decide_unreadable.py",
        f"{_TALK}machines.py",
        f"{_TALK}citizen_and_officer.py",
    ),
    "core/decide/deeds": (
        *(f"tests/core/test_deeds_{name}.py" for name in ("settled", "done", "undone")),
        *(f"{_TALK}{name}.py" for name in ("orders", "undo", "without_mail", "answers")),
    ),
    "core/decide/replies": ("tests/core/test_decide_replies.py", f"{_TALK}plain_replies.py"),
    "core/decide/time": ("tests/core/test_decide_time.py", f"{_TALK}time.py"),
    "core/decide/mornings": ("tests/core/test_mornings.py", f"{_TALK}mornings.py"),
    "core/decide/joining": ("tests/core/test_joining.py", f"{_TALK}likeness.py"),
    "core/decide/sorting": ("tests/core/test_sorting.py", "tests/core/test_decide_lists.py", f"{_TALK}registrars.py"),
    "core/decide/standing": ("tests/core/test_decide_standing.py", f"{_TALK}absence.py"),
    "core/decide/absences": ("tests/core/test_decide_absences.py", f"{_TALK}absence.py"),
    "core/decide/publishing": ("tests/core/test_decide_publishing.py", f"{_TALK}answers.py"),
    "core/decide/staff": (
        "tests/core/test_decide_staff.py",
        *(f"{_TALK}{name}.py" for name in ("orders", "citizen_and_officer", "plain_replies", "choices", "absence")),
        "tests/hostile/test_identity.py",
    ),
    "core/decide/arrivals": (
        "tests/core/test_arrivals.py",
        "tests/core/test_drafts.py",
        "tests/core/test_decide_people.py",
        f"{_TALK}odd_mail.py",
        f"{_TALK}later_mails.py",
    ),
    "core/decide/answers": ("tests/core/test_answers.py", f"{_TALK}answers.py", f"{_TALK}citizen_and_officer.py"),
    "core/decide/lists": ("tests/core/test_decide_lists.py", f"{_TALK}mornings.py", f"{_TALK}registrars.py"),
    "core/decide/submitters": ("tests/core/test_drafts.py", f"{_TALK}later_mails.py"),
    "core/decide/wishes": (
        "tests/core/test_wishes.py",
        f"{_TALK}choices.py",
        f"{_TALK}anonymity.py",
        "tests/core/test_decide_people.py",
    ),
    "core/decide/machines": ("tests/core/test_decide_machines.py", f"{_TALK}machines.py"),
    "core/decide/alerting": ("tests/core/test_alerting.py", f"{_TALK}other_roads.py"),
    "core/decide/grades": ("tests/core/test_decide_grades.py", f"{_TALK}grades.py"),
    "core/decide/later": ("tests/core/test_decide_time.py", f"{_TALK}undo.py"),
    "core/decide/repeats": ("tests/core/test_decide_repeats.py", f"{_TALK}repeats.py"),
    "core/decide/reporting": ("tests/core/test_decide_reporting.py", f"{_TALK}reports.py"),
    "core/decide/outcomes": ("tests/core/test_outcomes.py", f"{_TALK}citizen_and_officer.py", f"{_TALK}odd_mail.py"),
    "core/decide/unreadable": ("tests/core/test_decide_unreadable.py", f"{_TALK}odd_mail.py", f"{_TALK}quarantine.py"),
    "desk/post/outbox": (
        "tests/desk/test_outbox.py",
        "tests/desk/test_proof.py",
        "tests/hostile/test_brakes.py",
        *(f"{_TALK}{name}.py" for name in ("canary", "watching", "restore", "exports")),
    ),
    "desk/post/claims": ("tests/desk/test_outbox.py", "tests/doors/test_mailroom.py", "tests/hostile/test_in_hand.py"),
    "desk/post/outcomes": ("tests/desk/test_outbox.py", "tests/doors/test_mailroom.py", f"{_TALK}restore.py"),
    "desk/post/minding": (f"{_TALK}refused_content.py", "tests/desk/test_backlog.py"),
    "desk/post/heldback": ("tests/desk/test_heldback.py", "tests/hostile/test_brakes.py"),
    "desk/post/budget": (
        "tests/desk/test_outbox.py",
        *(f"tests/hostile/test_{name}.py" for name in ("brakes", "identity", "officers")),
    ),
    "desk/post/unreachable": ("tests/desk/test_register.py", "tests/hostile/test_brakes.py"),
    "desk/register": ("tests/desk/test_register.py", f"{_TALK}citizen_and_officer.py"),
    "desk/journal": ("tests/desk/test_journal.py",),
    "desk/standing": ("tests/desk/test_register.py",),
    "desk/absences": ("tests/desk/test_register.py", f"{_TALK}absence.py"),
    "desk/quarantine": ("tests/desk/test_quarantine.py", f"{_TALK}quarantine.py"),
    "desk/watched": (f"{_TALK}watching.py",),
    "desk/takeover": (f"{_TALK}takeover.py",),
    "desk/post/release": (f"{_TALK}quarantine.py", "tests/hostile/test_brakes.py", "tests/hostile/test_identity.py"),
    "core/people/results": (
        "tests/core/test_origin.py",
        "tests/core/test_message.py",
        "tests/hostile/test_identity.py",
    ),
    "core/decide/unwritten": ("tests/core/test_outcomes.py", f"{_TALK}odd_mail.py"),
    "core/reading/automatic/subjects": ("tests/core/test_subjects.py", "tests/core/test_decide_replies.py"),
    "core/reading/automatic/machines": (
        "tests/core/reading/test_machines.py",
        "tests/core/reading/test_automatic_mails.py",
        "tests/core/test_message.py",
    ),
    "core/reading/mime/meetings": (
        "tests/core/reading/test_meetings.py",
        "tests/core/test_message.py",
        "tests/conversations/routines/test_hjo.py",
    ),
    "desk/neighbours": ("tests/desk/test_neighbours.py", "tests/doors/test_mailroom.py"),
    "desk/rounds/lapses": ("tests/desk/test_lapses.py", "tests/doors/test_memory.py"),
    "desk/writing/allowance": (
        "tests/desk/test_allowance.py",
        "tests/desk/test_sandbox.py",
        "tests/hostile/test_templates.py",
        f"{_TALK}wording.py",
    ),
    "doors/memory": (
        "tests/doors/test_memory.py",
        "tests/doors/test_mailroom.py",
        "tests/hostile/test_mailroom_faults.py",
    ),
    "doors/unnoted": ("tests/hostile/test_in_hand.py", "tests/doors/test_mailroom.py"),
    "desk/handling": (
        "tests/doors/test_mailroom.py",
        "tests/desk/test_outbox.py",
        "tests/desk/test_database.py",
        *(f"{_TALK}{name}.py" for name in ("odd_mail", "quarantine", "likeness", "watching", "time", "canary")),
    ),
    "desk/rounds/aside": ("tests/desk/test_quarantine.py", "tests/hostile/test_brakes.py", f"{_TALK}mornings.py"),
    "desk/rounds/refiling": ("tests/doors/test_mailroom.py", f"{_TALK}secrecy_by_mail.py"),
    "doors/clearing": ("tests/doors/test_mailroom.py",),
    "doors/mailroom": (
        "tests/doors/test_mailroom.py",
        "tests/doors/test_ahead.py",
        "tests/hostile/test_mailroom_faults.py",
    ),
}
_TESTS = (
    "tests/core",
    "tests/conversations",
    "tests/desk/test_outbox.py",
    "tests/hostile",
    "tests/doors/test_mailroom.py",
)
_LEFT_OUT = (  # but for those that are nearest to a module
    "tests/core/reading",
    "tests/core/lives",
    "tests/hostile/test_kills.py",
    "tests/hostile/test_rounds.py",
)


def main() -> int:
    """Exit status 1 where a change was not noticed, 2 where not all were tried."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument(
        "modules", nargs="*", default=tuple(_NEAREST), help="under service/, such as core/gate, or a folder of them"
    )
    parser.add_argument("--each", type=int, default=35, help="so many changes in each module")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument(
        "--within", type=int, default=60, help="so many seconds of work for each change; then it is alive"
    )
    parser.add_argument("--tests", nargs="*", default=_TESTS, help="besides the nearest, for what is alive after them")
    chosen = parser.parse_args()
    paths = {name: _files(name) for name in chosen.modules}
    print(f"seed {chosen.seed}, up to {chosen.each} changes in each of {', '.join(paths)}", flush=True)
    nearest = {name: _NEAREST.get(name) or _NEAREST.get(name.rpartition("/")[0], ()) for name in paths}
    near = tuple(test for tests in nearest.values() for test in tests)
    wide = tuple(chosen.tests)
    trial = Trial(paths, nearest, each=chosen.each, seed=chosen.seed, within=chosen.within, wide=wide, but=_LEFT_OUT)
    plain = ["-q", "-p", "no:xdist", "-o", "tmp_path_retention_policy=none"]
    with tempfile.TemporaryDirectory() as folder:
        ended = pytest.main([*dict.fromkeys((*near, *wide)), *plain, f"--basetemp={folder}/tests"], plugins=[trial])
    print(f"{trial.alive} alive of {trial.tried} tried")
    if ended != pytest.ExitCode.OK:
        print("cut off before all were tried")
        return 2
    return 1 if trial.alive else 0


def _files(name: str) -> list[Path]:
    return sorted([*SERVICE.glob(f"{name}.py"), *SERVICE.glob(f"{name}/*.py")])


if __name__ == "__main__":
    raise SystemExit(main())
