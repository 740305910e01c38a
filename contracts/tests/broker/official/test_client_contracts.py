"""The official clients' own contracts, verified against the broker by the program that comes with them.

They are no part of this repository. They are found beside it, in a folder `client-pacts` of a folder there, or where
the variable CLIENT_CONTRACTS says. What is a client's own fault is listed there too, in `known.json`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[4]
VARIABLE = "CLIENT_CONTRACTS"
UNMET_STATES = {
    # its provider state makes a version without a contract, of which no broker has a row in the matrix
    "smartbear-mcp--pactflow: a request to get the pact matrix for ServiceA 1.0.0",
    # no provider state makes a token for it; test_settings_tokens.py shows a list with one
    "smartbear-mcp--pactflow: a request to list API tokens",
    # it expects an empty log, and what was changed before is in it; test_audit.py shows the empty one
    "smartbear-mcp--pactflow: a request to get the audit log",
}


def _program() -> Path | None:
    if named := os.environ.get(VARIABLE):
        return Path(named) / "run"
    return next((each for each in sorted(ROOT.parent.glob("*/client-pacts/run"))), None)


@pytest.mark.thorough
@pytest.mark.skipif(_program() is None, reason=f"{VARIABLE} names no folder with the clients' contracts")
def test_every_official_client_s_contract_is_met(tmp_path):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PACT_")}
    environ |= {"BROKER_PYTHON": sys.executable, "TMPDIR": str(tmp_path)}

    done = subprocess.run([str(_program())], env=environ, capture_output=True, text=True, check=False, timeout=300)

    failed = {
        line.removeprefix("FAILED ").partition(" [")[0]
        for line in done.stdout.splitlines()
        if line.startswith("FAILED ")
    }
    assert " passed, " in done.stdout.splitlines()[-1], done.stdout + done.stderr
    assert failed <= UNMET_STATES, done.stdout
