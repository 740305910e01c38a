"""What the command line asks before a deployment and a merge."""

from __future__ import annotations

import pytest
from official_cli import FAILED, run


@pytest.mark.thorough
def test_can_i_deploy_waits_for_a_result_and_obeys_it(pact, ask, publish, verify, environment):
    environment("production")
    publish("Till", "Ledger", "1", "--branch", "main", "--tag", "dev")
    question = ("can-i-deploy", "--pacticipant", "Till", "--version", "1", "--to-environment", "production")
    output = pact(*question, status=FAILED)
    assert "Computer says no" in output
    assert "none exists" in output
    assert ask(*question)["summary"]["deployable"] is None
    assert "Computer says no" in pact(*question, "--dry-run")
    assert "Computer says yes" in pact(*question, "--ignore", "Ledger")
    retrying = pact(*question, "--retry-while-unknown", "1", "--retry-interval", "0", status=FAILED)
    assert "Computer says no" in retrying

    verify("Till", "Ledger", "1", "10")
    pact("record-deployment", "--pacticipant", "Ledger", "--version", "10", "--environment", "production")
    output = pact(*question)
    assert "Computer says yes" in output
    assert "VERIFICATION RESULTS" in output
    assert ask(*question)["summary"]["deployable"] is True

    verify("Till", "Ledger", "1", "10", success=False)
    output = pact(*question, status=FAILED)
    assert "breaks the contract with version 1 of Till" in output
    assert ask(*question)["summary"]["deployable"] is False


@pytest.mark.thorough
def test_can_i_deploy_takes_each_way_to_name_a_version(pact, publish, verify):
    publish("Gate", "Road", "1", "--branch", "main", "--tag", "dev")
    verify("Gate", "Road", "1", "7")
    pact("create-or-update-version", "--pacticipant", "Road", "--version", "7", "--branch", "main", "--tag", "prod")
    gate = ("can-i-deploy", "--pacticipant", "Gate")
    assert "Computer says yes" in pact(*gate, "--version", "1", "--to", "prod")
    assert "WARN: The query has no version number" in pact(*gate, "--branch", "main", "--to", "prod")
    assert "Computer says yes" in pact(*gate, "--latest", "--to", "prod")
    pair = pact(*gate, "--version", "1", "--pacticipant", "Road", "--version", "7")
    assert "Computer says yes" in pair
    absent = pact(*gate, "--version", "1", "--pacticipant", "Road", "--version", "9", status=FAILED)
    assert "Version 9 of Road does not exist" in absent


@pytest.mark.thorough
def test_can_i_deploy_refuses_unknown_names(pact, publish):
    publish("Named", "Stock", "1")
    to_nowhere = pact("can-i-deploy", "-a", "Named", "-e", "1", "--to-environment", "nowhere", status=FAILED)
    assert "no environment named 'nowhere'" in to_nowhere
    of_nobody = pact("can-i-deploy", "-a", "Nobody", "-e", "1", "--to", "prod", status=FAILED)
    assert "no application named 'Nobody'" in of_nobody


@pytest.mark.thorough
def test_can_i_merge_asks_the_main_branches(pact, ask, publish, verify):
    publish("Feature", "Base", "1", "--branch", "feat/x")
    question = ("can-i-merge", "--pacticipant", "Feature", "--version", "1")
    assert "Computer says no" in pact(*question, status=FAILED)
    verify("Feature", "Base", "1", "4")
    pact("create-or-update-version", "--pacticipant", "Base", "--version", "4", "--branch", "main")
    assert "Computer says yes" in pact(*question)
    assert ask(*question)["summary"]["deployable"] is True


@pytest.mark.thorough
def test_an_unreachable_broker_is_a_failure():
    question = ("can-i-deploy", "-a", "Till", "-e", "1", "--to-environment", "live")
    output = run(*question, "--broker-base-url", "http://127.0.0.1:1", "--retries", "1", status=FAILED)
    assert "error sending request" in output
