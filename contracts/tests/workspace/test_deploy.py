"""The files in deploy/: neither Docker nor systemd runs them here, so everything else about them is checked."""

from __future__ import annotations

import configparser
import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from sqlalchemy import make_url

from contracts.broker.settings import SETTINGS, Settings
from contracts.cli import main


ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
VALUES = {"DATABASE_PASSWORD": "s3cret", "BROKER_USERNAME": "writer", "BROKER_PASSWORD": "s3cret"}


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, with their arguments."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    pairs = (line.strip().partition(" ") for line in lines if line.strip())
    return [(name, arguments.strip()) for name, _, arguments in pairs]


def last(name: str) -> str:
    return [arguments for each, arguments in instructions() if each == name][-1]


def image_environment() -> dict[str, str]:
    """The variables of the image."""
    pairs = (each.split("=", 1) for each in shlex.split(last("ENV")))
    return {name: value for name, value in pairs if name.startswith("PACT_BROKER_")}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return document


def compose_environment(compose: dict[str, Any]) -> dict[str, str]:
    """The variables of the broker's container, with values for those of deploy/.env."""

    def value(match: re.Match[str]) -> str:
        return VALUES.get(match["name"]) or match["default"].removeprefix("-")

    pattern = re.compile(r"\$\{(?P<name>\w+):(?P<default>[^}]*)\}")
    return {name: pattern.sub(value, text) for name, text in compose["services"]["broker"]["environment"].items()}


@pytest.fixture(scope="module")
def service() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # the names differ in case
    parser.read_string((DEPLOY / "contracts-broker.service").read_text("utf-8"))
    return parser


def test_the_compose_file_is_valid():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, str(DEPLOY / "compose.yaml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_broker_uses_the_database_and_the_account_of_the_compose_file(compose):
    settings = Settings.from_environment(image_environment() | compose_environment(compose))

    assert make_url(settings.database_url).render_as_string() == "postgres://pact_broker:***@database/pact_broker"
    assert settings.basic_auth_enabled
    assert settings.base_url == ("http://localhost:9292",)
    assert ip_address(settings.host).is_unspecified


def test_every_variable_of_the_compose_file_is_in_the_example():
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    example = (DEPLOY / "env.example").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_the_image_copies_only_files_that_exist_and_are_sent_to_the_build():
    patterns = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split()
    included = [each.removeprefix("!") for each in patterns if each.startswith("!")]
    sources = [
        source
        for name, arguments in instructions()
        if name == "COPY" and not arguments.startswith("--from")
        for source in shlex.split(arguments)[:-1]
    ]
    assert sources
    assert all((ROOT / each).exists() for each in sources)
    assert sorted(sources) == sorted(included)
    assert patterns[0] == "*"
    assert any(fnmatch.fnmatch("a/__pycache__", each) for each in patterns if not each.startswith("!"))


def test_the_image_s_command_serves_and_its_health_check_succeeds(tmp_path):
    environment = image_environment() | {
        "PACT_BROKER_HOST": "127.0.0.1",
        "PACT_BROKER_PORT": "0",
        "PACT_BROKER_BASIC_AUTH_USERNAME": "writer",
        "PACT_BROKER_BASIC_AUTH_PASSWORD": "s3cret",
    }
    folder = Path(sys.executable).parent
    environ = {**os.environ, **environment, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    check = json.loads(last("HEALTHCHECK").partition(" CMD ")[2])
    command = json.loads(last("CMD"))
    with subprocess.Popen(command, env=environ, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().rpartition(" ")[2].strip()
            moved_check = [each.replace(f"http://127.0.0.1:{last('EXPOSE')}", url) for each in check]
            assert moved_check != check
            assert subprocess.run(moved_check, env=environ, timeout=60, check=False).returncode == 0
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    assert (tmp_path / "pact_broker.sqlite3").exists()  # in the working directory, which is a volume
    assert last("WORKDIR") == last("VOLUME")


def test_the_port_is_the_broker_s(compose):
    assert last("EXPOSE") == str(SETTINGS["port"].default)
    (port,) = compose["services"]["broker"]["ports"]
    assert port == f"127.0.0.1:{SETTINGS['port'].default}:{SETTINGS['port'].default}"


def test_the_service_runs_a_command_that_exists(service):
    program, *arguments = shlex.split(service["Service"]["ExecStart"])
    assert Path(program).name == "contracts"
    result = CliRunner().invoke(main, [*arguments, "--help"])
    assert (result.exit_code, result.output.startswith("Usage: ")) == (0, True)
    state, backups = service["Service"]["StateDirectory"].split()
    assert service["Service"]["WorkingDirectory"] == f"%S/{state}"
    assert f"/var/lib/{backups}`" in (ROOT / "docs" / "operations.md").read_text("utf-8")


def test_the_compose_file_keeps_backups_in_a_volume(compose):
    broker = compose["services"]["broker"]
    folder = broker["environment"]["PACT_BROKER_DATABASE_BACKUP_FOLDER"]
    (volume,) = [each.partition(":")[0] for each in broker["volumes"] if each.endswith(f":{folder}")]
    assert volume in compose["volumes"]
    folders = next(
        arguments for name, arguments in instructions() if name == "RUN" and "install -d -o broker" in arguments
    )
    assert folder in folders.split(), "the volume takes the owner of the image's folder"
    assert any("postgresql-client" in arguments for name, arguments in instructions() if name == "RUN")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_the_service(tmp_path):
    text = (DEPLOY / "contracts-broker.service").read_text("utf-8")
    path = tmp_path / "contracts-broker.service"
    path.write_text(text.replace("/opt/contracts/bin/contracts", sys.executable), "utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    problems = [line for line in done.stderr.splitlines() if path.name in line]
    assert problems == []
