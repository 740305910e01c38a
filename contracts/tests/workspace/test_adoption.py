"""Two repositories of one's own become a gated pair with the built wheel and the guide, nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import guides
import pytest

from contracts.client import Broker
from contracts.testing import running_broker


pytestmark = [pytest.mark.thorough, pytest.mark.xdist_group("adoption")]
PACKAGE = guides.ROOT / "contracts"
ROLES = ("AUTHOR", "COMMITTER")
INSTALL = "pip install 'pact-contracts[all]'"  # done before, from the built wheel


def run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The variables for a fresh environment in which only the wheel, Flask and httpx are installed."""
    folder = tmp_path_factory.mktemp("adoption")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder / "dist", PACKAGE)
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / "bin"
    (wheel,) = (folder / "dist").glob("*.whl")
    constraints = guides.ROOT / "constraints.txt"
    packages = (f"{wheel}[broker,fake-ci,verify]", "flask", "httpx", "pytest")
    run(scripts / "python", "-m", "pip", "install", "--quiet", "--constraint", constraints, *packages)
    identity = {
        f"GIT_{role}_{part}": "test@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
    }
    return {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "PIP_FIND_LINKS": str(folder / "dist"), **identity}


def test_a_flask_provider_and_an_httpx_consumer_publish_verify_gate_and_deploy(environment, tmp_path):
    with running_broker() as running:
        replaced = {
            "http://127.0.0.1:9292": running.base_url,
            "pip install 'pact-contracts[all]'": "contracts --version",
        }
        done = guides.run("adopt.md", tmp_path, environment, replaced, first_path=environment["PATH"])
        assert [each.status for each in done] == [0] * len(done), [each for each in done if each.status]
        assert any("The gate stopped the deployment." in each.output for each in done)
        with Broker(running.base_url) as broker:
            deployed = {each.pacticipant for each in broker.currently_deployed("production")}
            assert deployed == {"shop", "stock"}
            (row,) = broker.matrix([{"pacticipant": "shop"}, {"pacticipant": "stock"}]).rows
            assert row.success is True
