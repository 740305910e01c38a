"""What the provider's verification tells people; here, so that no pipeline of the provider pays for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[3]
PROVIDER = "example-provider"


def asked(description, status):
    return {
        "type": "Synchronous/HTTP",
        "description": description,
        "request": {"method": "GET", "path": "/health"},
        "response": {"status": status},
    }


def test_what_was_verified_is_told_at_the_end_and_on_github_in_the_summary(tmp_path):
    """All of it: the table, what is not kept and why, an annotation and the step's summary; and no traceback."""
    pact = {
        "consumer": {"name": "shop"},
        "provider": {"name": PROVIDER},
        "interactions": [asked("a request for the health", 200), asked("a request for more", 201)],
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }
    (tmp_path / "shop.json").write_text(json.dumps(pact))
    environ = {
        **{name: "" for name in os.environ if name.startswith(("PACT_", "GITHUB_", "GIT_"))},
        "PACT_DIR": str(tmp_path),
        "GIT_COMMIT": "1" * 40,
        "GITHUB_ACTIONS": "true",
        "GITHUB_SHA": "1" * 40,
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    test = "provider/tests/test_pacts.py::test_the_provider_honours_its_pacts"

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:schemathesis", "-p", "no:hypothesispytest", test],
        cwd=ROOT,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "Traceback" not in done.stdout
    told = done.stdout.partition("= verification =")[2]
    assert "│ a request for the health │" in told
    reason = "shop: a request for more: expected 201 but was 200"
    assert f"✗ {reason}" in told
    assert f"::error title=Verification of {PROVIDER} failed%3A 1 of 2 interactions as agreed::{reason}" in told
    assert "expected 201 but was 200" in (tmp_path / "summary.md").read_text()
