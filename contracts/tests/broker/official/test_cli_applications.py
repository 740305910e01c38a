"""Applications, versions, branches and tags, by the command line."""

from __future__ import annotations

import pytest
from official_cli import FAILED


@pytest.mark.thorough
def test_applications_are_made_changed_and_shown(pact, ask):
    name = ("--name", "Bakery")
    details = ("--display-name", "The bakery", "--main-branch", "main", "--repository-url", "http://git.example/bakery")
    assert "created successfully" in pact("create-or-update-pacticipant", *name, *details)
    assert "updated successfully" in pact("create-or-update-pacticipant", *name, "--main-branch", "trunk")
    shown = ask("describe-pacticipant", *name)
    assert (shown["displayName"], shown["mainBranch"]) == ("The bakery", "trunk")
    assert "Main Branch: trunk" in pact("describe-pacticipant", *name)
    assert '"The bakery"' in pact("describe-pacticipant", *name, "--output", "table")
    assert '"The bakery"' in pact("list-pacticipants")
    assert "Bakery" in {each["name"] for each in ask("list-pacticipants")["_embedded"]["pacticipants"]}
    assert "404" in pact("describe-pacticipant", "--name", "Nobody", status=FAILED)


@pytest.mark.thorough
def test_versions_tags_and_branches_come_and_go(pact, ask):
    mill = ("--pacticipant", "Mill")
    assert "Branch 'feat/x' created" in pact(
        "create-or-update-version", *mill, "--version", "1", "--branch", "feat/x", "--tag", "a"
    )
    assert "Success" in pact("create-version-tag", *mill, "--version", "1", "--tag", "b")
    assert "a, b" in pact("describe-version", *mill, "--version", "1")
    assert "a, b" in pact("describe-version", *mill, "--latest")
    assert "deleted tag" in pact("delete-version-tag", *mill, "--version", "1", "--tag", "b")
    assert "not found" in pact("delete-version-tag", *mill, "--version", "1", "--tag", "b")
    assert "does not exist" in pact("create-version-tag", *mill, "--version", "2", "--tag", "b", status=FAILED)
    pact("create-version-tag", *mill, "--version", "2", "--tag", "b", "--auto-create-version")
    assert ask("describe-version", *mill, "--latest")["number"] == "2"
    assert "not found" in pact("describe-version", *mill, "--version", "9", status=FAILED)

    assert "deleted branch" in pact("delete-branch", *mill, "--branch", "feat/x")
    again = ("delete-branch", *mill, "--branch", "feat/x", "--error-when-not-found")
    assert "not found" in pact(*again, "false")
    assert "not found" in pact(*again, "true", status=FAILED)
