"""The official clients' own contracts, verified against the broker by the program that comes with them.

They are no part of this repository. They are found beside it, in a folder `client-pacts` of a folder there, or where
the variable CLIENT_CONTRACTS says. What is a client's own fault is listed there too, in `known.json`. Their provider
states are extended by those in the folder `states`: other brokers have no secrets and tokens.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[4]
OWN_STATES = Path(__file__).parent / "states" / "states.py"
VARIABLE = "CLIENT_CONTRACTS"
UNMET_STATES = {
    # its provider state makes a version without a contract, of which no broker has a row in the matrix
    "a request to get the pact matrix for ServiceA 1.0.0",
    # it expects an empty log, which has what other contracts changed; a test of its own asks a new broker
    "a request to get the audit log",
}
OURS = {"secret": 7, "token": 5, "system account": 7}
"""How many interactions are about what other brokers do not have, by a word of their description."""


def _folder() -> Path | None:
    if path := os.environ.get(VARIABLE):
        return Path(path)
    return next((each.parent for each in sorted(ROOT.parent.glob("*/client-pacts/run"))), None)


pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(_folder() is None, reason=f"{VARIABLE} names no folder with the clients' contracts"),
]


@pytest.fixture
def verify(tmp_path):
    """Return a function that runs the program with our states, and returns its process and its results."""
    folder = tmp_path / "client-pacts"
    folder.mkdir()
    for each in _folder().iterdir():
        (folder / ("original_states.py" if each.name == "states.py" else each.name)).symlink_to(each)
    (folder / "states.py").symlink_to(OWN_STATES)

    def verify(*arguments, **variables):
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PACT_")}
        environ |= {"BROKER_PYTHON": sys.executable, "TMPDIR": str(tmp_path)} | variables
        command = [str(folder / "run"), *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=300)
        (report,) = tmp_path.glob("*/client-pacts.json")
        return done, json.loads(report.read_text())

    return verify


def test_every_official_client_s_contract_is_met(verify):
    done, results = verify()
    failures = {each["description"]: each["why"] for each in results if not each["ok"]}
    unexpected = {each["description"] for each in results if not each["ok"] and "known" not in each}
    assert unexpected <= UNMET_STATES, done.stdout
    for word, count in OURS.items():
        descriptions = [each["description"] for each in results if word in each["description"]]
        assert len(descriptions) == count
        assert not failures.keys() & set(descriptions), done.stdout


def test_the_audit_log_of_a_new_broker_is_as_a_client_expects_it(verify):
    contract = str(_folder() / "pacts" / "smartbear-mcp--pactflow.json")
    done, results = verify("--strict", "--only", "audit", CLIENT_PACTS=contract, UNTOUCHED_BROKER="true")
    assert done.returncode == 0, done.stdout
    assert [each["ok"] for each in results] == [True]
