import json

import pytest
from command_lines import COMMIT

from contracts.client import Broker
from contracts.testing import running_broker


@pytest.fixture
def write(tmp_path):
    """Write a pact file below the current folder."""

    def write(consumer="web", provider="api", path="/a", file=None):
        interaction = {
            "description": f"a request for {path}",
            "request": {"method": "GET", "path": path},
            "response": {"status": 200},
        }
        names = {"consumer": {"name": consumer}, "provider": {"name": provider}}
        target = tmp_path / (file or f"pacts/{consumer}-{provider}.json")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps({**names, "interactions": [interaction]}))

    return write


def test_a_folder_is_published_as_the_build_that_is_detected(contracts, write, client, broker_url):
    write()
    result = contracts("publish", "pacts")
    assert f"Detected from git: version {COMMIT}, branch main" in result.stderr
    assert f"Published version {COMMIT} on branch main: web → api" in result.stdout
    assert f"{broker_url}/pacts/provider/api/consumer/web/version/{COMMIT}" in result.stdout
    assert client.version("web", COMMIT).branches == ("main",)


def test_every_property_may_be_an_option_with_its_official_name(ask, write, client):
    write("till")
    arguments = ("-a", "1", "--branch", "x", "--build-url", "https://ci.example.com/1", "-t", "a,b", "--tag", "c")
    record = ask("publish", "pacts", *arguments)
    assert (record["version"], record["branch"], record["tags"]) == ("1", "x", ["a", "b", "c"])
    [pact] = record["pacts"]
    assert (pact["consumer"], pact["provider"]) == ("till", "api")
    version = client.version("till", "1")
    assert (version.branches, sorted(version.tags), version.build_url) == (
        ("x",),
        ["a", "b", "c"],
        "https://ci.example.com/1",
    )


def test_an_explicit_version_gets_no_detected_branch_unless_you_ask_for_it(ask, write):
    write("desk")
    assert ask("publish", "pacts", "-e", "1")["branch"] is None
    write("desk", path="/b")
    record = ask("publish", "pacts", "-e", "2", "--auto-detect-version-properties", "--tag-with-git-branch")
    assert (record["branch"], record["tags"]) == ("main", ["main"])


def test_patterns_are_expanded(ask, write, contracts):
    write("a1", file="deep/er/one.json")
    write("a2", file="deep/two.json")
    assert [each["consumer"] for each in ask("publish", "deep/**/*.json", "-e", "1")["pacts"]] == ["a1", "a2"]
    assert "No file matches 'none*.json'" in contracts("publish", "none*.json", "-e", "1", status=2).output


def test_a_pact_with_other_content_is_refused(contracts, write):
    write("cart")
    contracts("publish", "pacts", "-e", "1")
    write("cart", path="/b")
    assert "published another contract" in contracts("publish", "pacts", "-e", "1", status=1).output


def test_pacts_of_parallel_builds_are_merged(contracts, write):
    with running_broker(allow_dangerous_contract_modification=True) as running, Broker(running.base_url) as client:
        write("cart")
        contracts("publish", "pacts", "-e", "1", "-b", running.base_url)
        write("cart", path="/b")
        contracts("publish", "pacts", "-e", "1", "--merge", "--validate", "-b", running.base_url)
        pact = client.pact(f"{client.base_url}/pacts/provider/api/consumer/cart/version/1")
    assert len(pact.document["interactions"]) == 2


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("-a", "web", "-e", "1"), "-a is the version; name the consumer with --pacticipant"),
        (("-e", "1", "--pacticipant", "mobile"), "is a pact of consumer 'web'"),
        (("-e", " "), "A version is required"),
    ],
)
def test_a_wrong_publication_is_wrong_usage(contracts, write, arguments, reason):
    write()
    assert reason in contracts("publish", "pacts", *arguments, status=2).output


def test_outside_git_and_ci_the_version_is_the_content(contracts, write):
    write("loose")
    result = contracts("publish", "pacts", GIT_COMMIT="", GIT_BRANCH="")
    assert "version files-" in result.stderr


def test_a_table_lists_the_pacts(contracts, write):
    write("shelf")
    assert "/pacts/provider/api/consumer/shelf" in contracts("publish", "pacts", "-e", "1", "-o", "table").stdout
