"""What the command line publishes and reads: contracts, and the provider states in them."""

from __future__ import annotations

import json

import pytest
from official_cli import FAILED, WRONG_USAGE


@pytest.mark.thorough
def test_contracts_are_published_with_branch_tags_and_build(publish, ask):
    output = publish(
        "Shop", "Stock", "1", "--branch", "main", "--tag", "dev,prod", "--build-url", "http://ci.example/1"
    )
    assert "Pact between Shop (1) and Stock is published" in output
    version = ask("describe-version", "--pacticipant", "Shop", "--version", "1")
    assert [each["name"] for each in version["_embedded"]["branchVersions"]] == ["main"]
    assert [each["name"] for each in version["_embedded"]["tags"]] == ["dev", "prod"]
    assert version["buildUrl"] == "http://ci.example/1"

    document = publish("Shop", "Stock", "2", "--output", "json")
    assert json.loads(document[document.index("{") :])["_embedded"]["version"]["number"] == "2"
    assert '"name": "Shop"' in publish("Shop", "Stock", "2", "--output", "pretty")


@pytest.mark.thorough
def test_another_contract_under_the_same_version_is_refused_with_its_reason(publish):
    publish("Kiosk", "Stock", "1")
    output = publish("Kiosk", "Stock", "1", path="/b", status=FAILED)
    assert "publish this one under a new version number" in output
    assert '"path": "/b"' in output


@pytest.mark.thorough
def test_an_invalid_pact_is_not_published(pact, publish, tmp_path):
    assert "does not exist" in pact("publish", str(tmp_path / "none"), "-a", "1", status=FAILED)
    pact("publish", str(tmp_path), status=WRONG_USAGE)
    assert publish("Merged", "Stock", "1", "--merge")


@pytest.mark.thorough
def test_pacts_are_listed_read_and_downloaded(pact, ask, publish, tmp_path):
    publish("Reader", "Library", "1", "--branch", "main")
    publish("Reader", "Library", "2", "--branch", "feat/x", path="/b")
    assert '"Reader"' in pact("list-latest-pact-versions")
    listed = ask("list-latest-pact-versions")["pacts"]
    (latest,) = [each for each in listed if each["_embedded"]["provider"]["name"] == "Library"]
    assert latest["_embedded"]["consumer"]["_embedded"]["version"]["number"] == "2"

    of_library = ("get-pacts", "--provider", "Library")
    assert "Pact between Reader (1) and Library" in pact(*of_library)
    assert "Pact between Reader (1) and Library" in pact(*of_library, "--latest")
    for latest_only in ((), ("--latest",)):
        (link,) = ask(*of_library, "--branch", "feat/x", *latest_only)["pacts"]
        assert link["href"].endswith("/pacts/provider/Library/consumer/Reader/version/2")
    pact(*of_library, "--download", "--download-dir", str(tmp_path / "down"))
    (file,) = (tmp_path / "down").iterdir()
    assert json.loads(file.read_bytes())["consumer"] == {"name": "Reader"}
    assert "404" in pact("get-pacts", "--provider", "Nobody", status=FAILED)


@pytest.mark.thorough
def test_provider_states_are_listed(pact, publish):
    publish("Visitor", "Museum", "1", "--branch", "main")
    of_museum = ("provider-states", "list", "--provider", "Museum")
    assert "there is a book" in pact(*of_museum)
    assert json.loads(pact(*of_museum, "--json"))["providerStates"][0]["consumers"] == ["Visitor"]
    assert "there is a book" in pact(*of_museum, "--branch", "main")
    assert "No provider states found" in pact(*of_museum, "--environment", "none")
    assert "404" in pact("provider-states", "list", "--provider", "Nobody", status=FAILED)
