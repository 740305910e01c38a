"""What the provider's verification tells people; here, so that no pipeline of the provider pays for it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[3]
PROVIDER = "example-provider"
BEANS = {"id": "10", "type": "coffee", "name": "Espresso beans", "price_cents": 2450, "units_in_stock": 12}


def interaction(description, status):
    return {
        "type": "Synchronous/HTTP",
        "description": description,
        "request": {"method": "GET", "path": "/health"},
        "response": {"status": status},
    }


def readme_breaks(text):
    """*text* of app.py with README's edit; README says which argument to add to which line."""
    readme = (ROOT / "README.md").read_text().partition("**Break it on purpose.**")[2]
    argument, line = re.search(r"add `([^`]+)` to\s+`([^`]+)`", readme).groups()
    assert text.count(line) == 1
    return text.replace(line, f"{line[:-1]}, {argument})")


@pytest.mark.thorough
def test_readmes_way_to_break_the_contract_breaks_it(tmp_path):
    """In a copy, the verification fails for the field that README names, and the guide says the same line."""
    source = tmp_path / "provider"
    shutil.copytree(ROOT / "provider" / "src" / "provider", source)
    broken = readme_breaks((source / "app.py").read_text())
    (source / "app.py").write_text(broken)
    changed = set(broken.splitlines()) - set((ROOT / "provider/src/provider/app.py").read_text().splitlines())
    assert changed.pop() in (ROOT / "docs" / "guide" / "first-contract.md").read_text().splitlines()
    pact = {
        "consumer": {"name": "shop"},
        "provider": {"name": PROVIDER},
        "interactions": [
            {
                "type": "Synchronous/HTTP",
                "description": "a request for one product",
                "providerStates": [{"name": "a product exists", "params": BEANS}],
                "request": {"method": "GET", "path": "/products/10"},
                "response": {
                    "status": 200,
                    "body": {"content": {"id": "10", "price_cents": 2450}, "contentType": "application/json"},
                },
            }
        ],
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }
    (tmp_path / "pacts").mkdir()
    (tmp_path / "pacts" / "shop.json").write_text(json.dumps(pact))

    done = verified(PYTHONPATH=str(tmp_path), PACT_DIR=str(tmp_path / "pacts"))
    whole = verified(PACT_DIR=str(tmp_path / "pacts"))

    assert whole.returncode == pytest.ExitCode.OK, whole.stdout
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "price_cents" in done.stdout.partition("= verification =")[2]


def verified(**environ):
    """The provider's verification of files, in a process without the variables of this one."""
    cleared = {name: value for name, value in os.environ.items() if not name.startswith(("PACT_", "GITHUB_", "GIT_"))}
    test = "provider/tests/test_pacts.py::test_the_provider_honours_its_pacts"
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", test],
        cwd=ROOT,
        env=cleared | {"GIT_COMMIT": "1" * 40} | environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.thorough
def test_a_verification_is_reported_at_the_end_and_in_github_s_summary(tmp_path):
    """All of it: the table, what is not kept and why, an annotation and the step's summary; and no traceback."""
    pact = {
        "consumer": {"name": "shop"},
        "provider": {"name": PROVIDER},
        "interactions": [interaction("a request for the health", 200), interaction("a request for more", 201)],
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
        [sys.executable, "-m", "pytest", "-n0", test],
        cwd=ROOT,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "Traceback" not in done.stdout
    report = done.stdout.partition("= verification =")[2]
    assert "│ a request for the health │" in report
    reason = "shop: a request for more: expected 201 but was 200"
    assert f"✗ {reason}" in report
    assert f"::error title=Verification of {PROVIDER} failed%3A 1 of 2 interactions as agreed::{reason}" in report
    assert "expected 201 but was 200" in (tmp_path / "summary.md").read_text()
