"""The official clients of Node: contracts published by one of its packages, and verified by another.

They come from npm, with their binaries inside, and only when they are asked for: TEST_NODE=1 pytest FILE
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from official_loop import BRANCH, BUILD, PROVIDER


PASSED, FAILED = 0, 1
HERE = Path(__file__).with_name("node")

NODE, NPM = (shutil.which(each) for each in ("node", "npm"))
ENABLED = bool(os.environ.get("TEST_NODE"))

pytestmark = [
    pytest.mark.skipif(not ENABLED, reason="fetches packages from npm, and is asked for: TEST_NODE=1"),
    pytest.mark.skipif(not (NODE and NPM), reason="node and npm are not there"),
]


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """Runs a script with the official packages in reach, and gives what became of it."""
    folder = tmp_path_factory.mktemp("node")
    for file in HERE.iterdir():
        shutil.copy(file, folder)
    install = [NPM, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
    subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=300)

    def node(*arguments):
        quiet = os.environ | {"PACT_DO_NOT_TRACK": "true"}
        return subprocess.run(  # noqa: PLW1510, how it ends is what is asked
            [NODE, *arguments],
            cwd=folder,
            env=quiet,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return node


@pytest.fixture
def publish(node, loop, tmp_path):
    """Publishes the contract of a consumer that gets *path*, with the package pact-cli."""

    def publish(version, path, *more):
        interaction = {
            "description": f"a request for {path}",
            "request": {"method": "GET", "path": path},
            "response": {"status": 200, "body": {"name": "tea"}},
        }
        document = {
            "consumer": {"name": "web"},
            "provider": {"name": PROVIDER},
            "interactions": [interaction],
            "metadata": {"pactSpecification": {"version": "3.0.0"}},
        }
        file = tmp_path / "web.json"
        file.write_text(json.dumps(document))
        broker = ("--broker-base-url", loop.running.base_url)
        command = "node_modules/@pact-foundation/pact-cli/bin/pact-broker.js"
        done = node(command, "publish", str(file), "--consumer-app-version", version, *broker, *more)
        assert done.returncode == 0, done.stdout + done.stderr

    return publish


@pytest.fixture
def verify(node, loop):
    """Verifies with the package pact-core, and publishes; it must say what is expected."""

    def verify(expected, **options):
        from_broker = {"pactBrokerUrl": loop.running.base_url, "provider": PROVIDER}
        publishing = {"publishVerificationResult": True, "providerVersionBranch": BRANCH, "buildUrl": BUILD}
        source = {} if "pactUrls" in options else from_broker
        done = node("verify.js", json.dumps({"providerBaseUrl": loop.provider_url, **source, **publishing, **options}))
        assert done.returncode == expected, done.stdout + done.stderr

    return verify


def test_a_contract_published_from_node_is_verified_from_node(publish, verify, loop):
    publish("1", "/good", "--branch", "main", "--tag", "dev")

    verify(PASSED, providerVersion="7", consumerVersionSelectors=[{"mainBranch": True}], providerVersionTags=["prod"])

    result = loop.latest("web", "1")
    assert (result["success"], result["providerApplicationVersion"], result["buildUrl"]) == (True, "7", BUILD)
    assert result["verifiedBy"]["implementation"] == "Pact-Rust"
    provider = "/pacticipants/Product%20Catalogue%2F1"
    assert loop.get(f"{provider}/branches/feat%2Fx%20y/versions/7").status_code == 200
    assert [each["name"] for each in loop.get(f"{provider}/versions/7").json()["_embedded"]["tags"]] == ["prod"]


def test_a_failure_fails_the_run_and_is_published(publish, verify, loop):
    publish("1", "/missing", "--branch", "main")

    verify(FAILED, providerVersion="7", consumerVersionSelectors=[{"mainBranch": True}], enablePending=False)

    assert loop.latest("web", "1")["success"] is False


def test_a_pending_failure_does_not_fail_the_run_and_is_published(publish, verify, loop):
    publish("1", "/missing", "--branch", "main")

    verify(PASSED, providerVersion="7", consumerVersionSelectors=[{"mainBranch": True}], enablePending=True)

    assert loop.latest("web", "1")["success"] is False


def test_one_pact_is_verified_by_its_address(publish, verify, loop):
    publish("1", "/good", "--branch", "main")
    address = f"{loop.running.base_url}/pacts/provider/Product%20Catalogue%2F1/consumer/web/version/1"

    verify(PASSED, providerVersion="8", pactUrls=[address])

    assert loop.latest("web", "1")["providerApplicationVersion"] == "8"


def test_nothing_to_verify_fails_the_run(publish, verify):
    publish("1", "/good", "--branch", "main")

    verify(FAILED, providerVersion="7", consumerVersionSelectors=[{"branch": "none"}])
