"""Repositories of one's own become a gated pair with the built wheel and the guides, nothing else."""

from __future__ import annotations

import os
import shutil
import socket
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
PROVIDERS = {
    "Flask": {},
    "Django": {"The provider": "provider-in-django.md"},
    "Node": {"The provider": "provider-in-node.md"},
}
PORT = "3000"  # of the guide's provider in Node


def run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The variables for a fresh environment in which only the wheel, the frameworks and httpx are installed."""
    folder = tmp_path_factory.mktemp("adoption")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder / "dist", PACKAGE)
    venv.create(folder / "venv")
    scripts = folder / "venv" / "bin"
    (wheel,) = (folder / "dist").glob("*.whl")
    constraints = guides.ROOT / "constraints.txt"
    packages = (f"{wheel}[broker,fake-ci,verify]", "django", "flask", "httpx", "pip", "pytest")
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", scripts / "python")
    run(*pip, "install", "--no-compile", "--constraint", constraints, *packages)
    identity = {f"GIT_{role}_{part}": "test@example.com" for role in ROLES for part in ("NAME", "EMAIL")}
    quick = {"PIP_FIND_LINKS": str(folder / "dist"), "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", **quick, **identity}


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return str(listening.getsockname()[1])


@pytest.mark.parametrize("framework", PROVIDERS)
def test_a_provider_and_an_httpx_consumer_publish_verify_gate_and_deploy(environment, tmp_path, framework, free_port):
    if framework == "Node" and shutil.which("npm") is None:
        pytest.skip("Node.js is not installed")
    with running_broker() as running, Broker(running.base_url) as broker:
        replaced = {
            "http://127.0.0.1:9292": running.base_url,
            "pip install 'pact-contracts[all]'": "contracts --version",  # installed from the built wheel
            PORT: free_port,
        }
        done = guides.run(
            "adopt.md",
            tmp_path,
            environment,
            replaced,
            first_path=environment["PATH"],
            sections=PROVIDERS[framework],
        )
        assert [each.status for each in done] == [0] * len(done), [each for each in done if each.status]
        assert any("The gate stopped the deployment." in each.output for each in done)
        deployed = {each.pacticipant for each in broker.currently_deployed("production")}
        assert deployed == {"shop", "stock"}
        (row,) = broker.matrix([{"pacticipant": "shop"}, {"pacticipant": "stock"}]).rows
        assert row.success is True
