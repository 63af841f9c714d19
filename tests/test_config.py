"""The configuration file: each fault has its place and says what to do; what is right becomes ready values."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from service import config
from service.config import Alarming, Config, LogFormat
from service.doors.account import Security, Server
from service.doors.tokens import TokenSource
from service.yamlfile import YamlFault

RIGHT = """\
database: sqlite:///var/synpunkten.db
poll: 2 min
log: {format: console, level: warning}
metrics: {listen: 127.0.0.1:9464}
mailboxes:
  - name: ekvik
    address: synpunkten@ekvik.example
    imap: {host: imap.ekvik.example, port: 993, security: tls, username: ekvik, password: {env: IN_PASSWORD}}
    smtp: {host: 127.0.0.1, port: 25, security: none}
    rules: rules/ekvik
    folders: {inbox: INBOX, handled: Klart, secrecy: Sekretess, quarantine: Karantän}
"""
SMTP = Server("127.0.0.1", 25, Security.NONE)
SECOND = """\
  - name: NAME
    address: ADDRESS
    imap: {host: localhost, port: 143, security: starttls, username: hjo, password: {file: secrets/hjo}}
    smtp: {host: "::1", port: 587, security: none}
    rules: rules/ekvik
"""


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the right file refers to."""
    (tmp_path / "rules" / "ekvik").mkdir(parents=True)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "hjo").write_text("lösen ord \n")
    monkeypatch.setenv("IN_PASSWORD", "hemligt")
    monkeypatch.delenv("NOT_SET", raising=False)
    monkeypatch.chdir("/")


def load(folder: Path, text: str) -> Config:
    file = folder / "synpunkten.yaml"
    file.write_text(text)
    return config.load(file)


def faults(folder: Path, text: str) -> list[str]:
    """Each fault as `line:column: what`."""
    with pytest.raises(YamlFault) as caught:
        load(folder, text)
    assert all(fault.file == str(folder / "synpunkten.yaml") for fault in caught.value.faults)
    return [str(fault).removeprefix(f"{fault.file}:") for fault in caught.value.faults]


def test_what_is_right_becomes_ready_values(tmp_path: Path) -> None:
    loaded = load(tmp_path, RIGHT + SECOND.replace("NAME", "hjo").replace("ADDRESS", "synpunkten@hjo.example"))
    assert loaded.database == f"sqlite:///{tmp_path}/var/synpunkten.db"
    assert loaded.poll_seconds == 120
    assert (loaded.log.format, loaded.log.level) == (LogFormat.CONSOLE, "warning")
    first, second = loaded.mailboxes
    assert first.imap == Server("imap.ekvik.example", 993, Security.TLS, "ekvik", "hemligt")
    assert first.smtp == Server("127.0.0.1", 25, Security.NONE)
    assert first.rules == tmp_path / "rules" / "ekvik"
    assert first.folders.model_dump() == {
        "inbox": "INBOX", "handled": "Klart", "secrecy": "Sekretess", "quarantine": "Karantän"
    }  # fmt: skip
    assert second.imap.password == "lösen ord "
    assert second.folders.handled == "Ärenden"
    assert loaded.metrics == ("127.0.0.1", 9464)
    assert loaded.warnings == ()


def test_the_defaults(tmp_path: Path) -> None:
    kept = [line for line in RIGHT.splitlines() if not line.startswith(("poll", "log", "metrics", "    folders"))]
    loaded = load(tmp_path, "\n".join(kept))
    assert loaded.poll_seconds == 30
    assert (loaded.log.format, loaded.log.level) == (LogFormat.JSON, "info")


@pytest.mark.parametrize(
    ("url", "ready"),
    [
        pytest.param("sqlite:////srv/register.db", "sqlite:////srv/register.db", id="whole path"),
        pytest.param("sqlite:///register.db", "sqlite:///{folder}/register.db", id="beside the file"),
        pytest.param("sqlite://", "sqlite://", id="in memory"),
        pytest.param("postgresql+psycopg://a:b@db/x", "postgresql+psycopg://a:b@db/x", id="PostgreSQL"),
    ],
)
def test_the_database_is_relative_to_the_file(tmp_path: Path, url: str, ready: str) -> None:
    text = RIGHT.replace("sqlite:///var/synpunkten.db", url)
    assert load(tmp_path, text).database == ready.format(folder=tmp_path)
    assert config.database_of(tmp_path / "synpunkten.yaml") == ready.format(folder=tmp_path)


def test_the_database_alone_needs_no_secrets(tmp_path: Path) -> None:
    (tmp_path / "synpunkten.yaml").write_text(RIGHT.replace("IN_PASSWORD", "NOT_SET"))
    assert config.database_of(tmp_path / "synpunkten.yaml").endswith("/var/synpunkten.db")


def test_the_databases_password_may_stand_by_itself(tmp_path: Path) -> None:
    """As any other secret does: in a file that a container or the service manager hands over."""
    (tmp_path / "secrets" / "pg").write_text("hem/lig@\n")
    here = RIGHT.replace("sqlite:///var/synpunkten.db", "postgresql+psycopg://me@db/x")
    text = here + "database_password: {file: secrets/pg}\n"
    loaded = load(tmp_path, text)
    assert loaded.database == "postgresql+psycopg://me:hem%2Flig%40@db/x"
    assert config.database_of(loaded.file) == loaded.database
    (fault,) = faults(tmp_path, RIGHT + "database_password: {file: secrets/pg}\n")
    assert fault.startswith("12:20: SQLite knows no password")
    (tmp_path / "synpunkten.yaml").write_text(text.replace("/pg", "/none"))
    with pytest.raises(YamlFault, match="secrets/none cannot be read"):
        config.database_of(tmp_path / "synpunkten.yaml")


ENV = "{env: IN_PASSWORD}"
DATABASES = "sqlite:///var/synpunkten.db or postgresql+psycopg://user@host/name"
ONE_PLACE = "8:91: a secret is in one place: {env: NAME}, {file: PATH} or {credential: NAME}"


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        pytest.param("poll:", "pol:", ['2:1: unknown key "pol"; did you mean "poll"?'], id="key"),
        pytest.param("format:", "formt:", ['3:7: unknown key "formt"; did you mean "format"?'], id="key of log"),
        pytest.param("inbox:", "inbx:", ['11:15: unknown key "inbx"; did you mean "inbox"?'], id="key of folders"),
        pytest.param(
            "smtp:",
            "stmp:",
            ['6:5: the key "smtp" is missing', '9:5: unknown key "stmp"; did you mean "smtp"?'],
            id="key of a mailbox",
        ),
        pytest.param(
            "port: 993",
            "prot: 993",
            ['8:5: the key "port" is missing', '8:38: unknown key "prot"; did you mean "port"?'],
            id="key of a server",
        ),
        pytest.param(
            "console", "consol", ['3:15: "consol" is not a choice here; did you mean "console"?'], id="choice"
        ),
        pytest.param(
            "security: tls",
            "security: ssl",
            ['8:59: "ssl" is not a choice here; known are: tls, starttls, none'],
            id="security",
        ),
        pytest.param("port: 993", "port: 99300", ["8:44: should be less than or equal to 65535"], id="port"),
        pytest.param(
            "2 min", "ofta", ['2:7: "ofta" is not a time; write for example "30 s" or "2 min"'], id="words for poll"
        ),
        pytest.param("2 min", "0 s", ['2:7: "0 s" is not a time; write for example "30 s" or "2 min"'], id="no pause"),
        pytest.param(
            "sqlite:///var/synpunkten.db",
            "var/synpunkten.db",
            ["1:11: not a database address; write for example sqlite:///var/synpunkten.db"],
            id="database",
        ),
        pytest.param(
            "sqlite:///var/synpunkten.db",
            "postgresql://u:hemligt@host:port/x",
            ["1:11: not a database address; write for example sqlite:///var/synpunkten.db"],
            id="database's port",
        ),
        pytest.param(
            "sqlite:///var/synpunkten.db",
            "postgres://u:hemligt@host/x",
            [f"1:11: postgres is no database that the service uses; write for example {DATABASES}"],
            id="database's old name",
        ),
        pytest.param(
            "sqlite:///var/synpunkten.db",
            "sqlite:///file:var/synpunkten.db?uri=true",
            ["1:11: the register's file is named by its path; write for example sqlite:///var/synpunkten.db"],
            id="a file's URI, which names another file than its path",
        ),
        pytest.param(ENV, "{envv: X}", ['8:92: unknown key "envv"; did you mean "env"?'], id="key of a secret"),
        pytest.param(ENV, "{}", [ONE_PLACE], id="secret nowhere"),
        pytest.param(ENV, "{env: A, file: b}", [ONE_PLACE], id="secret in two places"),
        pytest.param(ENV, "{env: A, credential: b}", [ONE_PLACE], id="credential and variable"),
        pytest.param(
            ENV,
            "1234",
            ["8:91: should be text, but YAML reads it as a number; put it in quotes"],
            id="number as secret",
        ),
        pytest.param(
            ENV,
            "{env: NOT_SET}",
            ["8:91: the environment variable NOT_SET is not set; set it, or use {file: PATH}"],
            id="variable",
        ),
        pytest.param(
            f", password: {ENV}",
            "",
            ["8:11: a username needs a password or oauth2, and the other way round"],
            id="no password",
        ),
    ],
)
def test_each_fault_has_its_place_and_says_what_to_do(
    tmp_path: Path, right: str, wrong: str, expected: list[str]
) -> None:
    assert right in RIGHT
    assert faults(tmp_path, RIGHT.replace(right, wrong, 1)) == expected


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = RIGHT.replace("poll:", "pol:").replace("console", "consol").replace("tls,", "ssl,")
    assert [fault.partition(" ")[0] for fault in faults(tmp_path, text)] == ["2:1:", "3:15:", "8:59:"]
    text = RIGHT.replace("IN_PASSWORD", "NOT_SET").replace("rules/ekvik", "rules/hjo")
    assert [fault.partition(" ")[0] for fault in faults(tmp_path, text)] == ["8:91:", "10:12:"]


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(YamlFault, match="`synpunkten init` writes one"):
        config.load(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("given", "written", "told"),
    [
        ("rules/ekvik", "r" * 300, "there is no folder"),
        ("env: IN_PASSWORD", 'file: "\\0"', "cannot be read: ValueError"),
    ],
)
def test_what_is_no_path_at_all_is_a_fault_of_the_file(tmp_path: Path, given: str, written: str, told: str) -> None:
    assert any(told in line for line in faults(tmp_path, RIGHT.replace(given, written)))


def test_a_missing_rules_folder(tmp_path: Path) -> None:
    expected = f"10:12: there is no folder {tmp_path}/rules/ekvk; `synpunkten init` writes one"
    assert faults(tmp_path, RIGHT.replace("rules/ekvik", "rules/ekvk")) == [expected]


@pytest.mark.parametrize(
    ("listen", "place"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("localhost:1", ("localhost", 1)),
        ('"[::1]:65535"', ("::1", 65535)),
        ('"9464"', None),
        ('":9464"', None),
        ("127.0.0.1", None),
        ("127.0.0.1:0", None),
        ("127.0.0.1:65536", None),
        ('"::1:9464"', None),
        ("127.0.0.1:http", None),
        ("http://127.0.0.1:9464", None),
        ("127.0.0..1:9464", None),
    ],
)
def test_where_figures_are_served(tmp_path: Path, listen: str, place: tuple[str, int] | None) -> None:
    text = RIGHT.replace("127.0.0.1:9464", listen)
    if place:
        assert load(tmp_path, text).metrics == place
    else:
        (line,) = faults(tmp_path, text)
        assert line.startswith("4:19: ")
        assert "write for example 127.0.0.1:9464" in line


@pytest.mark.parametrize(
    ("every", "ready"),
    [
        ("60 minutes", timedelta(hours=1)),
        ("2 hours", timedelta(hours=2)),
        ("10 minutes", timedelta(minutes=10)),
        ("9 minutes", None),
        ("25 hours", None),
        ("1 day", None),
        ("often", None),
    ],
)
def test_how_often_a_mail_goes_to_the_mailbox_itself(tmp_path: Path, every: str, ready: timedelta | None) -> None:
    text = RIGHT + f"    canary: {every}\n"
    if ready:
        assert load(tmp_path, text).mailboxes[0].canary == ready
    else:
        (line,) = faults(tmp_path, text)
        assert "10 minutes to 24 hours" in line


OTHER = "host: 127.0.0.1, port: 25, security: none"


@pytest.mark.parametrize(
    ("written", "ready"),
    [
        ("to: it@ekvik.example", Alarming("it@ekvik.example")),
        (f"to: it@ekvik.example, smtp: {{{OTHER}}}", Alarming("it@ekvik.example", "", SMTP)),
        (
            f"to: a@b.se, smtp: {{{OTHER}, username: x@b.se, password: {{env: IN_PASSWORD}}}}",
            Alarming("a@b.se", "x@b.se", Server("127.0.0.1", 25, Security.NONE, "x@b.se", "hemligt")),
        ),
        (f"to: a@b.se, from: c@b.se, smtp: {{{OTHER}}}", Alarming("a@b.se", "c@b.se", SMTP)),
    ],
)
def test_who_is_told_of_troubles(tmp_path: Path, written: str, ready: Alarming) -> None:
    assert load(tmp_path, f"alerts: {{{written}}}\n{RIGHT}").alerts == ready


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("to: it", "not a mail address"),
        ("to: Synpunkten@ekvik.example", "the service's own mailbox is the one that may be in trouble"),
        ("smtp: null", '"to"'),
        ("to: it@ekvik.example, smpt: {}", 'did you mean "smtp"?'),
        (f"to: it@ekvik.example, smtp: {{{OTHER}, username: x, password: {{env: NOT_SET}}}}", "NOT_SET is not set"),
        ("to: it@ekvik.example, from: x", "not a mail address"),
    ],
)
def test_who_cannot_be_told_of_troubles(tmp_path: Path, written: str, says: str) -> None:
    (line,) = faults(tmp_path, f"alerts: {{{written}}}\n{RIGHT}")
    assert line.startswith("1:")
    assert says in line


@pytest.mark.parametrize("name", ["synpunkten.yaml.txt", "synpunkten.yml"])
def test_a_file_of_nearly_the_right_name_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(RIGHT)
    with pytest.raises(YamlFault, match=f'"{name}" lies beside it'):
        config.load(tmp_path / "synpunkten.yaml")


class TestOAuth2:
    """Application credentials, in place of a password."""

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            (f"client_id: c, client_secret: {ENV}", "it needs `tenant`"),
            (f"tenant: common, client_id: c, client_secret: {ENV}", "an application has one tenant, not common"),
            ("tenant: t, client_id: c", "either `client_secret`, or `certificate` and `key`"),
            (f"tenant: t, client_id: c, client_secret: {ENV}, certificate: a.pem", "either `client_secret`, or"),
            (f"tenant: t, client_id: c, client_secret: {ENV}, key: a.pem", "`key` belongs to a `certificate`"),
            ("tenant: t, client_id: c, certificate: a.pem, expires: 2027-01-01", "says itself when it ends"),
            ("tenant: t, client_id: c, certificate: synpunkten.yaml", "holds no certificate in PEM form"),
            (f"token_url: http://login.example/t, client_id: c, client_secret: {ENV}", "secrets go to https alone"),
            ("tenant: t, client_id: c, client_secret: {env: NOT_SET}", "NOT_SET is not set"),
            ("tenant: t, client_id: c, client_secret: {file: none}", "cannot be read"),
            (f"tenant: t/x, client_id: c, client_secret: {ENV}", '"t/x" does not have the right form'),
            (f"tenant: t, client_id: c, client_secret: {ENV}, expire: 2027-01-01", 'did you mean "expires"?'),
        ],
    )
    def test_what_is_wrong_is_told(self, tmp_path: Path, given: str, says: str) -> None:
        (line,) = faults(tmp_path, RIGHT.replace(f"password: {ENV}", f"oauth2: {{{given}}}", 1))
        assert says in line

    def test_those_who_share_credentials_share_the_tokens(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("hemligt\n")
        oauth2 = "oauth2: {tenant: t.example, client_id: c, client_secret: {file: secret}, expires: 2027-03-31}"
        text = RIGHT.replace(f"password: {ENV}", oauth2, 1)
        smtp = f"smtp: {{host: 127.0.0.1, port: 587, security: starttls, username: a, {oauth2}}}"
        text = "\n".join(f"    {smtp}" if line.startswith("    smtp:") else line for line in text.split("\n"))
        loaded = load(tmp_path, text)
        (mailbox,) = loaded.mailboxes
        assert mailbox.imap.tokens is mailbox.smtp.tokens
        assert isinstance(mailbox.imap.tokens, TokenSource)
        application = mailbox.imap.tokens.application
        assert application.token_url == "https://login.microsoftonline.com/t.example/oauth2/v2.0/token"
        assert application.scope == "https://outlook.office365.com/.default"
        assert load(tmp_path, text) == loaded, "the same configuration read again is no other one"
        assert "hemligt" not in repr(loaded)
        (ending,) = loaded.credentials_end
        assert (ending.mailboxes, ending.day) == (("ekvik",), date(2027, 3, 31))
        assert ending.called == f"the client secret in {tmp_path / 'secret'}"
        assert ending.days_left(date(2027, 3, 1)) == 30


class TestSecurity:
    @pytest.mark.parametrize("host", ["mail.ekvik.example", "10.0.0.7", "192.168.1.2", "127.0.0.1.ekvik.example"])
    def test_none_is_refused_towards_other_machines(self, tmp_path: Path, host: str) -> None:
        (fault,) = faults(tmp_path, RIGHT.replace("host: 127.0.0.1,", f"host: {host},"))
        assert fault == f"9:11: security: none is only allowed towards this machine, not towards {host}"

    @pytest.mark.parametrize(
        "host",
        [
            *("127.0.0..1", "imap..ekvik.example", "a" * 64 + ".example", "https://ekvik.example", "ekvik.example:25"),
            *("ekvik.example/", "ekvik example", "[::1]", "ekvik\\n.example", "ekvik\\0"),
        ],
    )
    def test_what_no_machine_can_be_called_is_told_before_anybody_connects(self, tmp_path: Path, host: str) -> None:
        (fault,) = faults(tmp_path, RIGHT.replace("host: 127.0.0.1,", f'host: "{host}",'))
        assert fault.startswith("9:18: ")
        assert "is no name of a server; write for example mail.ekvik.example, the port in `port`" in fault

    @pytest.mark.parametrize("host", ["mail.ekvik.example.", "mejl.åmål.example", "fe80::1%eth0", "post_1"])
    def test_every_name_and_number_of_a_machine_is_taken(self, tmp_path: Path, host: str) -> None:
        secure = RIGHT.replace("host: imap.ekvik.example", f'host: "{host}"')
        assert load(tmp_path, secure).mailboxes[0].imap.host == host

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", '"::1"', "localhost"])
    def test_none_is_allowed_towards_this_machine(self, tmp_path: Path, host: str) -> None:
        loaded = load(tmp_path, RIGHT.replace("host: 127.0.0.1,", f"host: {host},"))
        assert loaded.mailboxes[0].smtp.security is Security.NONE


class TestSecret:
    def test_in_the_file_itself_is_a_warning_that_does_not_show_it(self, tmp_path: Path) -> None:
        loaded = load(tmp_path, RIGHT.replace(ENV, "öppet"))
        warning = loaded.warnings[0]
        assert loaded.mailboxes[0].imap.password == "öppet"
        assert (warning.line, warning.column, warning.warning) == (8, 91, True)
        assert "move it to {env: NAME} or {file: PATH}" in str(warning)
        assert "öppet" not in str(warning)

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        (fault,) = faults(tmp_path, RIGHT.replace(ENV, "{file: secrets/none}"))
        assert fault == f"8:91: the secret file {tmp_path}/secrets/none cannot be read: FileNotFoundError"

    def test_a_credential_is_what_the_service_manager_hands_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """systemd.exec(5): a file by its name, in the folder that $CREDENTIALS_DIRECTORY names."""
        given = RIGHT.replace(ENV, "{credential: imap-password}")
        monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
        (fault,) = faults(tmp_path, given)
        assert fault.startswith("8:91: the credential imap-password is handed over by systemd, and it has not")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "secrets"))
        (fault,) = faults(tmp_path, given)
        assert fault.startswith("8:91: the service manager has handed over no credential imap-password")
        assert "LoadCredential=imap-password:PATH" in fault
        (tmp_path / "secrets" / "imap-password").write_text("från systemd\n")
        assert load(tmp_path, given).mailboxes[0].imap.password == "från systemd"
        assert "[^/]" in faults(tmp_path, RIGHT.replace(ENV, "{credential: ../hjo}"))[0]

    def test_a_file_that_everybody_can_read_is_a_warning(self, tmp_path: Path) -> None:
        """Where a folder above it is closed, nobody reaches it."""
        with tempfile.TemporaryDirectory(dir="/tmp") as name:
            folder, file = Path(name), Path(name) / "imap"
            file.write_text("hemligt")
            given = RIGHT.replace(ENV, f"{{file: {file}}}")
            for of_folder, of_file, warned in ((0o755, 0o644, True), (0o700, 0o644, False), (0o755, 0o640, False)):
                folder.chmod(of_folder)
                file.chmod(of_file)
                said = [str(warning) for warning in load(tmp_path, given).warnings]
                assert any(f"everybody on this machine can read the secret file {file}" in w for w in said) is warned

    def test_no_secret_is_shown_by_a_value_or_a_fault(self, tmp_path: Path) -> None:
        assert "hemligt" not in repr(load(tmp_path, RIGHT))
        for wrong in ("{env: [hemligt]}", "[hemligt]", "{hemligt}"):
            assert "hemligt" not in "".join(faults(tmp_path, RIGHT.replace(ENV, wrong))).replace('key "hemligt"', "")


class TestTwoMailboxes:
    @pytest.mark.parametrize(
        ("name", "address", "expected"),
        [
            pytest.param("ekvik", "b@ekvik.example", '12:11: another mailbox has the same name "ekvik"', id="name"),
            pytest.param(
                "hjo",
                "Synpunkten@Ekvik.example",
                '13:14: another mailbox has the same address "synpunkten@ekvik.example"',
                id="address in capitals",
            ),
        ],
    )
    def test_nothing_is_shared(self, tmp_path: Path, name: str, address: str, expected: str) -> None:
        text = RIGHT + SECOND.replace("NAME", name).replace("ADDRESS", address)
        assert faults(tmp_path, text) == [expected]

    def test_no_inbox_is_read_for_two(self, tmp_path: Path) -> None:
        """Each mail would be a case twice, with two receipts; one of the two may be watched beside the other."""
        second = SECOND.replace("NAME", "hjo").replace("ADDRESS", "b@ekvik.example")
        first = RIGHT[RIGHT.index("imap:") : RIGHT.index("\n", RIGHT.index("imap:"))]
        same = RIGHT + second.replace(second[second.index("imap:") : second.index("\n", second.index("imap:"))], first)
        (fault,) = faults(tmp_path, same)
        assert "mailbox ekvik reads INBOX of the same account: every mail would be answered twice" in fault
        assert len(load(tmp_path, same.replace("address: b@", "mode: shadow\n    address: b@")).mailboxes) == 2


READS, FILES = "reads {} of the same account", "files into {} of the same account"
AT = "host: imap.ekvik.example, port: 993, security: tls, username: syn@ekvik.example"
HERE = "host: localhost, port: 143, security: starttls, username: syn"


def _two(first: str, second: str, of_first: str = "", of_second: str = "") -> str:
    smtp = "smtp: {host: 127.0.0.1, port: 25, security: none}"
    boxes = ((0, first, of_first), (1, second, of_second))
    return "database: sqlite:///var/synpunkten.db\nmailboxes:\n" + "".join(
        f"  - {{name: b{n}, address: b{n}@ekvik.example, imap: {{{imap}, password: {{env: IN_PASSWORD}}}}, {smtp},\n"
        f"     rules: rules/ekvik, folders: {{{folders}}}}}\n"
        for n, imap, folders in boxes
    )


class TestOneInbox:
    """The same folder of the same account on the same server, whatever each is called; and nothing else."""

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            pytest.param(AT, AT, id="same"),
            pytest.param(AT, AT.replace("imap.ekvik", "IMAP.Ekvik"), id="the host in capitals"),
            pytest.param(AT, AT.replace("imap.ekvik.example", "imap.ekvik.example."), id="the host's last dot"),
            pytest.param(AT.replace("ekvik", "bäcke"), AT.replace("ekvik", "xn--bcke-loa"), id="IDN"),
            pytest.param(AT.replace("ekvik", "bäcke"), AT.replace("ekvik", "Ba\u0308cke"), id="IDN, decomposed"),
            pytest.param(AT, AT.replace("993, security: tls", "143, security: starttls"), id="its other port"),
            pytest.param(AT, AT.replace("993", "10993"), id="a port of its own"),
            pytest.param(AT, AT.replace("syn@ekvik", "SYN@Ekvik"), id="the user in capitals"),
            pytest.param(HERE, HERE.replace("localhost", "127.0.0.1"), id="this machine by number"),
            pytest.param(HERE, HERE.replace("localhost", "'::1'"), id="this machine by IPv6"),
            pytest.param(HERE, HERE.replace("localhost", "'::ffff:127.0.0.1'"), id="by a mapped number"),
            pytest.param(HERE, HERE.replace("localhost, port: 143", "LOCALHOST, port: 993"), id="its other port here"),
        ],
    )
    def test_an_account_by_any_of_its_names(self, tmp_path: Path, first: str, second: str) -> None:
        (fault,) = faults(tmp_path, _two(first, second))
        assert "mailbox b0 reads INBOX of the same account: every mail would be answered twice" in fault

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            pytest.param(AT, AT.replace("syn@", "other@"), id="user"),
            pytest.param(AT, AT.replace("imap.", "imap2."), id="host"),
            pytest.param(AT, AT.replace("syn@ekvik", "syn@hjo"), id="domain"),
            pytest.param(HERE.replace("143", "1143"), HERE.replace("143", "1144"), id="tunnels to two machines"),
            pytest.param(HERE, HERE.replace("localhost", "127.0.0.2"), id="a tunnel with a number of its own"),
            pytest.param(AT.replace("imap.", "10.0.0.").replace("ekvik.example,", "1,"), AT, id="number"),
        ],
    )
    def test_accounts_that_are_two(self, tmp_path: Path, first: str, second: str) -> None:
        assert len(load(tmp_path, _two(first, second)).mailboxes) == 2

    @pytest.mark.parametrize(
        ("of_first", "of_second", "told"),
        [
            pytest.param("inbox: INBOX", "inbox: Inbox", READS.format("Inbox"), id="INBOX in any letters"),
            pytest.param("inbox: Måla", "inbox: Ma\u030ala", READS.format("Ma\u030ala"), id="composed or not"),
            pytest.param("inbox: A/B", "inbox: A/B/", READS.format("A/B/"), id="closing slash"),
            pytest.param("", "inbox: Ärenden, handled: Klart", FILES.format("Ärenden"), id="handled"),
            pytest.param("", "inbox: Karantän, quarantine: K", FILES.format("Karantän"), id="quarantine"),
            pytest.param("", "inbox: Sekretess, secrecy: S", FILES.format("Sekretess"), id="secrecy"),
            pytest.param("inbox: Nytt", "handled: Nytt", FILES.format("Nytt"), id="the later one files"),
        ],
    )
    def test_folders_that_are_one(self, tmp_path: Path, of_first: str, of_second: str, told: str) -> None:
        (fault,) = faults(tmp_path, _two(AT, AT, of_first, of_second))
        assert told in fault
        assert len(load(tmp_path, _two(AT, AT.replace("syn@", "other@"), of_first, of_second)).mailboxes) == 2
        watched = _two(AT, AT, of_first, of_second).replace("name: b1", "name: b1, mode: shadow")
        assert len(load(tmp_path, watched).mailboxes) == 2

    @pytest.mark.parametrize(
        ("of_first", "of_second"),
        [
            pytest.param("", "inbox: Felanmälan", id="the inbox and another, filed into the same"),
            pytest.param("inbox: Felanmälan", "inbox: FELANMÄLAN", id="letters"),
            pytest.param("inbox: A/B", "inbox: A", id="within"),
        ],
    )
    def test_folders_that_are_two(self, tmp_path: Path, of_first: str, of_second: str) -> None:
        assert len(load(tmp_path, _two(AT, AT, of_first, of_second)).mailboxes) == 2


class TestFolders:
    @pytest.mark.parametrize("folder", ["handled: Klart", "quarantine: Karantän"])
    def test_secret_mails_among_the_others_are_warned_of(self, tmp_path: Path, folder: str) -> None:
        among = RIGHT.replace(folder, f"{folder.partition(':')[0]}: sekretess")
        assert any("mails of secret cases lie among all others" in str(w) for w in load(tmp_path, among).warnings)
        assert not any("secret cases" in str(w) for w in load(tmp_path, RIGHT).warnings)

    @pytest.mark.parametrize("folder", ["handled: Klart", "secrecy: Sekretess", "quarantine: Karantän"])
    def test_done_mail_must_leave_the_inbox(self, tmp_path: Path, folder: str) -> None:
        (fault,) = faults(tmp_path, RIGHT.replace(folder, f"{folder.partition(':')[0]}: Inbox"))
        assert fault == "11:14: mail that is done cannot stay in INBOX: it would be fetched again for ever"

    def test_a_folder_has_a_name(self, tmp_path: Path) -> None:
        assert faults(tmp_path, RIGHT.replace("Klart", '""')) == ["11:38: is empty"]


def test_since_is_the_swedish_midnight_when_the_day_begins(tmp_path: Path) -> None:
    loaded = load(tmp_path, RIGHT.replace("rules: rules/ekvik", "since: 2026-11-01\n    rules: rules/ekvik"))
    (mailbox,) = loaded.mailboxes
    assert mailbox.since is not None
    assert mailbox.since.isoformat() == "2026-11-01T00:00:00+01:00"
    assert load(tmp_path, RIGHT).mailboxes[0].since is None


def test_a_dead_mailbox_is_noticed_in_time_unless_it_is_asked_too_seldom(tmp_path: Path) -> None:
    alerts = "alerts: {to: it@ekvik.example}\n" + RIGHT
    assert not [w for w in load(tmp_path, alerts).warnings if "15 minutes" in str(w)]
    seldom = load(tmp_path, alerts.replace("poll: 2 min", "poll: 30 min")).warnings
    assert [w for w in seldom if "a mailbox that is dead is not noticed within 15 minutes" in str(w)]
    for never in ("0 s", "2 h", "1500 min", "99999999999999999999 s", "² s", "-1 s"):
        with pytest.raises(YamlFault, match="is not a time"):
            load(tmp_path, RIGHT.replace("poll: 2 min", f"poll: {never}"))


def test_who_hears_of_troubles_is_not_the_mailbox_under_another_name(tmp_path: Path) -> None:
    with pytest.raises(YamlFault, match="is the one that may be in trouble"):
        load(tmp_path, "alerts: {to: Synpunkten+larm@ekvik.example}\n" + RIGHT)
