import pytest
from command_lines import COMMIT


def test_a_version_is_created_from_the_build_and_the_detection_is_printed(contracts, ask, broker_url):
    result = contracts("create-or-update-version", "--pacticipant", "shop")
    assert f"Saved version {COMMIT} of shop on branch main." in result.stdout
    assert f"  {broker_url}/pacticipants/shop/versions/{COMMIT}\n" in result.stdout
    assert result.stderr == f"Detected from git: version {COMMIT}, branch main\n"
    assert ask("describe-version", "-a", "shop", "-e", COMMIT)["branches"] == ["main"]


def test_an_explicit_version_gets_a_detected_branch_on_request_only(ask):
    assert ask("create-or-update-version", "-a", "till", "-e", "1")["branches"] == []
    assert ask("create-or-update-version", "-a", "till", "-e", "1", "-r")["branches"] == ["main"]
    record = ask("create-or-update-version", "-a", "till", "-e", "2", "--branch", "x", "-t", "a", "-t", "b")
    assert (record["branches"], sorted(record["tags"])) == (["x"], ["a", "b"])


def test_the_latest_version_is_described_with_and_without_a_tag(ask, client):
    for number, tag in (("1", "prod"), ("2", "dev")):
        client.tag(pacticipant="desk", version=number, tag=tag)
    assert ask("describe-version", "-a", "desk")["version"] == "2"
    assert ask("describe-version", "-a", "desk", "--latest")["version"] == "2"
    assert ask("describe-version", "-a", "desk", "--latest", "prod")["version"] == "1"


def test_the_versions_in_an_environment_are_described(ask, contracts, client):
    client.create_environment("shelf", production=False)
    for number in ("1", "2"):
        client.put_version("app", number)
    client.record_deployment(pacticipant="app", version="1", environment="shelf", application_instance="blue")
    client.record_release(pacticipant="app", version="2", environment="shelf")
    records = ask("describe-version", "-a", "app", "--environment", "shelf")
    assert [(each["version"], each["state"], each["applicationInstance"]) for each in records] == [
        ("1", "deployed", "blue"),
        ("2", "released", None),
    ]
    assert [
        each["version"] for each in ask("describe-version", "-a", "app", "--environment", "shelf", "--released")
    ] == ["2"]
    assert "blue" in contracts("describe-version", "-a", "app", "--environment", "shelf", "--deployed").stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("-e", "1", "--latest"), "exclude each other"),
        (("--deployed",), "need --environment"),
        (("-e", "9"), "does not know version 9 of known"),
        (("--latest", "none"), "has no version with the tag 'none'"),
    ],
)
def test_a_wrong_question_about_a_version_is_wrong_usage(contracts, client, arguments, reason):
    client.put_version("known", "1")
    assert reason in contracts("describe-version", "-a", "known", *arguments, status=2).output


def test_tags_are_added_and_removed(contracts, ask, client):
    client.put_version("stall", "1")
    record = ask("create-version-tag", "-a", "stall", "-e", "1", "-t", "prod", "-g")
    assert record["tags"] == ["prod", "main"]
    contracts("delete-version-tag", "-a", "stall", "-e", "1", "-t", "main")
    assert client.version("stall", "1").tags == ("prod",)
    assert (
        "has no tag 'main'" in contracts("delete-version-tag", "-a", "stall", "-e", "1", "-t", "main", status=2).output
    )


def test_a_tag_creates_a_version_on_request_only(contracts, client):
    client.put_version("kiosk", "1")
    refusal = contracts("create-version-tag", "-a", "kiosk", "-t", "x", status=2).output
    assert "--auto-create-version" in refusal
    contracts("create-version-tag", "-a", "kiosk", "-t", "x", "--auto-create-version")
    assert client.version("kiosk", COMMIT).tags == ("x",)
    assert "No tag is given" in contracts("create-version-tag", "-a", "kiosk", status=2).output


def test_branches_are_listed_and_deleted(contracts, ask, client):
    for branch in ("main", "feature/x"):
        client.add_branch(pacticipant="cart", version="1", branch=branch)
    assert {each["branch"] for each in ask("list-branches", "-a", "cart")} == {"main", "feature/x"}
    assert contracts("delete-branch", "-a", "cart", "--branch", "feature/x").stdout.startswith("Deleted branch")
    assert client.branches("cart") == ("main",)
    assert "Nothing to delete" in contracts("delete-branch", "-a", "cart", "--branch", "mian").stdout
    strict = ("delete-branch", "-a", "cart", "--branch", "mian", "--error-when-not-found", "true")
    assert "Did you mean 'main'?" in contracts(*strict, status=2).output
