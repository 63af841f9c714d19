"""The container file, compose file and Kubernetes example: what they say of the program and of each other is true.

No container engine is needed: each is read, and what it names must be there.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from service import config, rulesfolder
from service.resources import shipped
from tests.deploy.test_units import DEPLOY, ROOT

CONTAINERFILE = (DEPLOY / "container" / "Containerfile").read_text("utf-8").replace("\\\n", " ")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "synpunkten.yaml").read_text("utf-8")))
SERVICE = COMPOSE["services"]["synpunkten"]


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} +(.*)$", CONTAINERFILE, re.MULTILINE)


def object_of(kind: str, name: str = "synpunkten") -> dict[str, Any]:
    (found,) = [each for each in KUBERNETES if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


class TestContainerfile:
    def test_what_it_copies_is_there_and_let_through(self) -> None:
        let_through = {
            line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
        }
        copied = [source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]]
        assert let_through == {source.rstrip("/") for source in copied}
        assert all((ROOT / source).exists() for source in copied)

    def test_what_the_package_is_built_of_is_copied(self) -> None:
        """Or the build in the image would miss what the build here has."""
        pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
        included = set(re.findall(r'^"(\w+)" = "service/shipped/', pyproject, re.MULTILINE)) | {"service", "README.md"}
        copied = {source.rstrip("/") for line in instructions("COPY") for source in line.split()[:-1]}
        assert included <= copied

    def test_libraries_have_the_checksums_of_the_lock_file_and_nothing_else_comes_in(self) -> None:
        installing = [line for line in instructions("RUN") if "pip install" in line]
        assert ["--require-hashes -r requirements.lock" in line or "--no-deps" in line for line in installing] == [
            True,
            True,
        ]
        assert "--no-build-isolation" in installing[-1]

    def test_it_runs_as_nobody_s_root(self) -> None:
        (user,) = instructions("USER")
        number = user.partition(":")[0]
        assert number.isdigit()
        assert int(number) > 0
        assert f"--uid {number}" in CONTAINERFILE
        assert instructions("ENTRYPOINT") == ['["synpunkten"]']

    @pytest.mark.parametrize(("status", "well"), [(200, True), (503, False)])
    def test_the_health_check_follows_healthz(self, status: int, well: bool) -> None:
        """Run as it stands, at another port."""

        class Health(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status if self.path == "/healthz" else 404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        (check,) = re.findall(r'"python", "-c", "([^"]+)"', CONTAINERFILE)
        with HTTPServer(("127.0.0.1", 0), Health) as server:
            threading.Thread(target=server.handle_request).start()
            here = check.replace(":9464/", f":{server.server_port}/")
            done = subprocess.run([sys.executable, "-c", here], capture_output=True, check=False)
        assert (done.returncode == 0) is well
        assert ":9464/healthz" in check


class TestCompose:
    def test_nothing_is_open_to_the_world(self) -> None:
        for service in COMPOSE["services"].values():
            assert not service.keys() & {"ports", "privileged", "network_mode", "devices"}
            assert "no-new-privileges:true" in service["security_opt"]
        assert COMPOSE["networks"]["inside"] == {"internal": True}
        assert COMPOSE["services"]["database"]["networks"] == ["inside"]

    def test_the_service_is_caged(self) -> None:
        assert (SERVICE["read_only"], SERVICE["cap_drop"], SERVICE["ulimits"]) == (True, ["ALL"], {"core": 0})
        assert (DEPLOY / SERVICE["build"]["context"] / SERVICE["build"]["dockerfile"]).exists()

    def test_what_is_named_is_declared(self) -> None:
        for service in COMPOSE["services"].values():
            assert set(service["secrets"]) <= COMPOSE["secrets"].keys()
            assert set(service["networks"]) <= COMPOSE["networks"].keys()
            assert set(service.get("depends_on", {})) <= COMPOSE["services"].keys()
            named = [volume.partition(":")[0] for volume in service["volumes"]]
            assert {name for name in named if not name.startswith(".")} <= COMPOSE["volumes"].keys()

    def test_the_database_is_waited_for(self) -> None:
        assert SERVICE["depends_on"]["database"]["condition"] == "service_healthy"
        assert "pg_isready" in COMPOSE["services"]["database"]["healthcheck"]["test"]

    def test_what_the_readme_says_to_configure_fits(self, tmp_path: Path) -> None:
        """Its lines, with the secrets that the compose file hands over, are a configuration that can be used."""
        lines = re.findall(
            r"^       (\w+: .*/run/secrets/.*|database: postgresql.*|metrics: .*)$", readme(), re.MULTILINE
        )
        told = {line.partition(":")[0]: line for line in lines}
        assert told.keys() == {"database", "database_password", "metrics"}
        secrets = re.findall(r"/run/secrets/([\w-]+)", readme())
        assert set(secrets) <= set(SERVICE["secrets"])
        (tmp_path / "rules").mkdir()
        for name in SERVICE["secrets"]:
            (tmp_path / name).write_text("hemligt")
        account = "{host: mail.hjo.example, port: 993, security: tls}"
        mailbox = f"mailboxes: [{{name: hjo, address: s@hjo.example, imap: {account}, smtp: {account}, rules: rules}}]"
        text = "\n".join([*told.values(), mailbox]).replace("/run/secrets", str(tmp_path))
        (tmp_path / "synpunkten.yaml").write_text(text)
        loaded = config.load(tmp_path / "synpunkten.yaml")
        assert loaded.database == "postgresql+psycopg://synpunkten:hemligt@database/synpunkten"
        assert "database" in COMPOSE["services"]


class TestKubernetes:
    def test_the_names_agree(self) -> None:
        deployment = object_of("Deployment")
        pod, labels = deployment["spec"]["template"]["spec"], deployment["spec"]["template"]["metadata"]["labels"]
        assert deployment["spec"]["selector"]["matchLabels"] == labels
        assert object_of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
        assert object_of("NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == labels
        assert object_of("ServiceAccount")["metadata"]["name"] == pod["serviceAccountName"]
        (container,) = pod["containers"]
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        probes = [container[f"{sort}Probe"]["httpGet"] for sort in ("startup", "liveness", "readiness")]
        assert {probe["port"] for probe in probes} == ports.keys()

    def test_two_replicas_and_one_of_them_always_at_work(self) -> None:
        assert object_of("Deployment")["spec"]["replicas"] == 2
        assert object_of("PodDisruptionBudget")["spec"]["minAvailable"] == 1

    def test_the_pod_is_caged(self) -> None:
        pod = object_of("Deployment")["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert pod["securityContext"]["runAsNonRoot"]
        (user,) = instructions("USER")
        assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == user
        assert pod["automountServiceAccountToken"] is False

    def test_the_nightly_copy_sees_what_the_service_sees_and_is_caged_likewise(self) -> None:
        service, job = object_of("Deployment"), object_of("CronJob", "synpunkten-backup")["spec"]["jobTemplate"]["spec"]
        pods = [each["template"]["spec"] for each in (service["spec"], job)]
        (serving,), (copying,) = (pod["containers"] for pod in pods)
        assert pods[0]["securityContext"] == pods[1]["securityContext"]
        assert serving["securityContext"] == copying["securityContext"]
        assert serving["image"] == copying["image"]
        seen = [{m["mountPath"]: m["name"] for m in c["volumeMounts"]} for c in (serving, copying)]
        assert {path: name for path, name in seen[0].items() if name != "state"}.items() <= seen[1].items()
        volumes = [{v["name"]: v for v in pod["volumes"]} for pod in pods]
        assert {name: v for name, v in volumes[0].items() if name != "state"}.items() <= volumes[1].items()
        command, folder, *_ = copying["args"]
        assert (command, seen[1][folder]) == ("backup", "backups")
        claim = volumes[1]["backups"]["persistentVolumeClaim"]["claimName"]
        assert object_of("PersistentVolumeClaim", claim)["spec"]["accessModes"] == ["ReadWriteOnce"]
        labels = job["template"]["metadata"]["labels"]
        assert labels != object_of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"], "it is no replica"

    def test_its_configuration_can_be_used_as_it_is_mounted(self, tmp_path: Path) -> None:
        """With the secrets and the rules where the pod finds them."""
        pod = object_of("Deployment")["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        places = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        text = object_of("ConfigMap")["data"]["synpunkten.yaml"]
        named = set(re.findall(rf"{places['secrets']}/([\w-]+)", text))
        assert named == set(re.findall(r"--from-file=([\w-]+-password)", kubernetes_text()))
        rules = tmp_path / "rules"
        mount(rules, {file.name: file.read_bytes() for file in (shipped("rules") / "hjo").glob("*.yaml")})
        mount(tmp_path / "secrets", dict.fromkeys(named, b"hemligt"))
        here = text.replace(places["secrets"], str(tmp_path / "secrets")).replace(places["rules"], str(rules))
        mount(tmp_path / "config", {"synpunkten.yaml": here.encode()})
        file = tmp_path / "config" / "synpunkten.yaml"
        loaded = config.load(file)
        assert loaded.metrics
        assert loaded.metrics[1] == container["ports"][0]["containerPort"]
        book, faults = rulesfolder.check(loaded.mailboxes[0].rules)
        assert book
        assert faults == ()
        assert socket.inet_aton(loaded.metrics[0]) == b"\0\0\0\0"  # the kubelet asks from outside of the pod


def mount(place: Path, files: Mapping[str, bytes]) -> None:
    """As the kubelet mounts a config map or a secret: links into a folder that is exchanged whole."""
    real = place / "..2026_11_27_02_30_00.1"
    real.mkdir(parents=True)
    (place / "..data").symlink_to(real.name)
    for name, content in files.items():
        (real / name).write_bytes(content)
        (place / name).symlink_to(Path("..data", name))


def readme() -> str:
    return (DEPLOY / "README.md").read_text("utf-8")


def kubernetes_text() -> str:
    return (DEPLOY / "kubernetes" / "synpunkten.yaml").read_text("utf-8")
