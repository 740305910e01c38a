"""The guide to verifying one's own provider, done as it says."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.client import Broker, Contract


GUIDE = (Path(__file__).parents[3] / "docs" / "guide" / "verify-a-provider.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", GUIDE, re.DOTALL))
COMMANDS = [shlex.split(line) for line in re.findall(r"^\$ (contracts verify .*)$", GUIDE, re.MULTILINE)]
PACT = {
    "consumer": {"name": "web"},
    "provider": {"name": "shop-api"},
    "interactions": [
        {
            "description": "a request for a product",
            "providerStates": [{"name": "a product exists", "params": {"id": "2"}}],
            "request": {"method": "GET", "path": "/products/2"},
            "response": {"status": 200, "body": {"id": "2"}},
        }
    ],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}
VARIABLES = {"COMMIT": "1" * 40, "BRANCH": "main"}


@pytest.fixture
def folder(tmp_path):
    for name, text in BLOCKS.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "pacts").mkdir()
    (tmp_path / "pacts" / "web-shop-api.json").write_text(json.dumps(PACT))
    return tmp_path


@pytest.fixture
def run(folder, pact_broker):
    """Run a line of the guide in the folder of its files."""

    def run(words):
        words = [os.path.expandvars(word) for word in words]
        return subprocess.run(
            [sys.executable, "-c", "from contracts.cli import main; main()", *words[1:]]
            if words[0] == "contracts"
            else words,
            cwd=folder,
            env=os.environ | VARIABLES | {"PACT_BROKER_BASE_URL": pact_broker.base_url, "GITHUB_ACTIONS": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def broker(pact_broker, monkeypatch):
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    with Broker(pact_broker.base_url) as broker:
        content = json.dumps(PACT).encode()
        contract = Contract(consumer="web", provider="shop-api", content=content)
        broker.publish_contracts(pacticipant="web", version="1", contracts=[contract], branch="main")
        broker.create_or_update_pacticipant("web", main_branch="main")
        yield broker


def verdicts(broker):
    return [row.success for row in broker.matrix([{"pacticipant": "web", "version": "1"}], latestby="cvpv").rows]


def test_the_files_are_there():
    assert set(BLOCKS) == {"shop_api.py", "shop_states.py", "test_pacts.py", "test_provider.py"}
    assert len(COMMANDS) == 2


@pytest.mark.thorough
def test_in_a_pipeline(run, broker):
    done = run(COMMANDS[0])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 interactions as agreed; results are published" in done.stdout
    assert verdicts(broker) == [True]


@pytest.mark.thorough
def test_a_pipeline_that_must_stop(run, broker, folder):
    """Once a pact was kept on the branch it is pending no more."""
    (folder / "shop_states.py").write_text("STATES = {}")
    done = run(COMMANDS[0])
    assert done.returncode == 0
    assert "✗ failed (pending)" in done.stdout
    (folder / "shop_states.py").write_text(BLOCKS["shop_states.py"])
    assert run(COMMANDS[0]).returncode == 0
    (folder / "shop_states.py").write_text("STATES = {}")
    done = run(COMMANDS[0])
    assert done.returncode == 1
    assert "provider state 'a product exists' (setup) is undefined" in done.stdout
    assert verdicts(broker) == [False]


@pytest.mark.thorough
def test_without_a_broker(run):
    done = run(COMMANDS[1])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 interactions as agreed" in done.stdout


@pytest.mark.thorough
def test_with_pytest_the_tests_are_those_of_the_guide_and_publish(run, broker, folder, monkeypatch):
    [declaration] = re.findall(r"```toml\n(.*?folder = .*?)```", GUIDE.partition("## With pytest")[2], re.DOTALL)
    (folder / "pyproject.toml").write_text(declaration)
    for name, value in {"GIT_COMMIT": "1" * 40, "GIT_BRANCH": "main"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PACT_BROKER_PUBLISH_VERIFICATION_RESULTS", "true")
    options = ["-rA", "-p", "no:cacheprovider", "-p", "no:randomly"]
    done = run([sys.executable, "-m", "pytest", *options, "test_provider.py"])
    assert done.returncode == 0, done.stdout + done.stderr
    [names] = re.findall(r"```text\n(test_provider.*?)\n```", GUIDE, re.DOTALL)
    assert re.findall(r"^PASSED (.*)", done.stdout, re.MULTILINE) == names.splitlines()
    assert verdicts(broker) == [True]


def test_in_a_test(run, broker):
    done = run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_pacts.py"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert verdicts(broker) == [True]
