"""The example of alerts: Prometheus' own tool judges it, and it asks for nothing but what the service serves."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from service.seeing import metrics
from tests.conftest import need
from tests.seeing.situation import Situation
from tests.servers.own import find

HERE = Path(__file__).parents[2] / "deploy" / "prometheus"
TOOLS = Path(__file__).parents[2] / ".venv" / "prometheus"


def promtool(*arguments: str, folder: Path = HERE) -> subprocess.CompletedProcess[str]:
    tool = find("promtool", str(TOOLS))
    need(tool, "tests/servers/install")
    return subprocess.run([str(tool), *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("what", [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts.test.yaml")])
def test_the_alerts_are_right_and_fire_where_they_should(what: tuple[str, ...]) -> None:
    done = promtool(*what)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_alert_that_does_not_fire_is_found(tmp_path: Path) -> None:
    shutil.copytree(HERE, tmp_path, dirs_exist_ok=True)
    alerts = tmp_path / "alerts.yaml"
    alerts.write_text(alerts.read_text().replace("> 900", "> 9000"))
    assert promtool("test", "rules", "alerts.test.yaml", folder=tmp_path).returncode != 0


def test_the_alerts_ask_for_figures_that_are_served() -> None:
    _, body = metrics.exposition(Situation().view)
    served = set(re.findall(r"^(?:# TYPE )?(synpunkten_\w+)", body.decode(), re.MULTILINE))
    alerts = (HERE / "alerts.yaml").read_text()
    asked = set(re.findall(r"\bsynpunkten_\w+", alerts))
    assert asked <= served
    kinds = {kind for found in re.findall(r'kind=~"([^"]+)"', alerts) for kind in found.split("|")}
    assert {f'kind="{kind}"' in body.decode() for kind in kinds} == {True}


def test_the_figures_are_named_as_prometheus_asks() -> None:
    tool = find("promtool", str(TOOLS))
    need(tool, "tests/servers/install")
    _, body = metrics.exposition(Situation().view)
    done = subprocess.run([str(tool), "check", "metrics"], input=body, capture_output=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")
