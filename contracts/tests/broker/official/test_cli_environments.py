"""Environments, and what the command line deploys and releases to them."""

from __future__ import annotations

import pytest
from official_cli import FAILED


@pytest.mark.thorough
def test_environments_live_and_die(pact, ask):
    environment = ask(
        *("create-environment", "--name", "staging", "--display-name", "Staging", "--production"),
        *("--contact-name", "Ann", "--contact-email-address", "ann@example.org"),
    )
    this = ("--uuid", environment["uuid"])
    assert "another environment" in pact("create-environment", "--name", "staging", status=FAILED)
    assert "Created canary environment" in pact("create-environment", "--name", "canary")
    described = pact("describe-environment", *this)
    assert "Display Name: Staging" in described
    assert "Name: Ann" in described
    assert ask("describe-environment", *this)["production"] is True
    assert "staging" in pact("list-environments")
    assert {"staging", "canary"} <= {each["name"] for each in ask("list-environments")["_embedded"]["environments"]}
    assert '"name": "canary"' in pact("list-environments", "--output", "pretty")
    assert "Updated stage environment" in pact("update-environment", *this, "--name", "stage")
    assert ask("update-environment", *this, "--name", "stage", "--display-name", "Two")["displayName"] == "Two"
    assert "deleted successfully" in pact("delete-environment", *this)
    for command in ("describe-environment", "delete-environment"):
        assert "404" in pact(command, *this, status=FAILED)
    assert "not found" in pact("update-environment", *this, "--name", "x", status=FAILED)


@pytest.mark.thorough
def test_deployments_are_recorded_and_end(pact, ask, environment):
    environment("live")
    pact("create-or-update-version", "--pacticipant", "Boat", "--version", "1", "--branch", "main")
    boat, live = ("--pacticipant", "Boat"), ("--environment", "live")
    assert "Recorded deployment of Boat version 1" in pact("record-deployment", *boat, "--version", "1", *live)
    blue = ask("record-deployment", *boat, "--version", "1", *live, "--application-instance", "blue")
    assert (blue["currentlyDeployed"], blue["applicationInstance"]) == (True, "blue")
    assert "blue" in pact("describe-version", *boat, *live, "--deployed")

    assert "404" in pact("record-deployment", *boat, "--version", "9", *live, status=FAILED)
    nowhere = pact("record-deployment", *boat, "--version", "1", "--environment", "nowhere", status=FAILED)
    assert "Environment nowhere does not exist" in nowhere

    assert "Undeployed Boat" in pact("record-undeployment", *boat, *live)
    assert "Undeployed Boat" in pact("record-undeployment", *boat, *live, "--application-instance", "blue")
    assert "not currently deployed" in pact("record-undeployment", *boat, *live, status=FAILED)


@pytest.mark.thorough
def test_releases_are_recorded_and_end(pact, ask, environment):
    environment("store")
    pact("create-or-update-version", "--pacticipant", "App", "--version", "1", "--branch", "main")
    release = ("--pacticipant", "App", "--version", "1", "--environment", "store")
    assert "Recorded release of App version 1" in pact("record-release", *release)
    assert ask("record-release", *release)["currentlySupported"] is True
    assert "store" in pact("describe-version", "--pacticipant", "App", "--environment", "store", "--released")
    assert "Recorded support ended" in pact("record-support-ended", *release)
    assert "No currently released versions" in pact("record-support-ended", *release, status=FAILED)
    assert "does not exist" in pact("record-release", *release[:-1], "nowhere", status=FAILED)
