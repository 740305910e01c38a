import pytest
from command_lines import COMMIT


def test_a_deployment_and_its_end_are_recorded(contracts, ask, client, broker_url):
    client.create_environment("live", production=True)
    client.put_version("shop", COMMIT)
    result = contracts("record-deployment", "--pacticipant", "shop", "--environment", "live")
    assert result.stderr == f"Detected from git: version {COMMIT}\n"
    assert (
        f"Recorded: version {COMMIT} of shop is deployed to live.\n  {broker_url}/pacticipants/shop\n" == result.stdout
    )
    assert [each.version for each in client.currently_deployed("live")] == [COMMIT]
    record = ask("record-undeployment", "-a", "shop", "--environment", "live")
    assert (record["versions"], record["applicationInstance"]) == ([COMMIT], None)
    assert client.currently_deployed("live") == ()


def test_instances_are_deployed_side_by_side(ask, client):
    client.create_environment("wide", production=False)
    client.put_version("stall", "1")
    for name in ("blue", "green"):
        record = ask(
            "record-deployment", "-a", "stall", "-e", "1", "--environment", "wide", "--application-instance", name
        )
        assert record["applicationInstance"] == name
    ask("record-undeployment", "-a", "stall", "--environment", "wide", "--application-instance", "blue")
    assert [each.application_instance for each in client.currently_deployed("wide")] == ["green"]


def test_a_release_and_its_end_are_recorded(contracts, client):
    client.create_environment("store", production=True)
    client.put_version("app", "1")
    contracts("record-release", "-a", "app", "-e", "1", "--environment", "store")
    assert [each.version for each in client.currently_supported("store")] == ["1"]
    result = contracts("record-support-ended", "-a", "app", "-e", "1", "--environment", "store")
    assert "version 1 of app is no longer supported in store" in result.stdout
    assert client.currently_supported("store") == ()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("-a", "desk", "-e", "1", "--environment", "prodution"), "Did you mean 'production'?"),
        (("-a", "desk", "-e", "9", "--environment", "production"), "Publish its contracts or verification results"),
        (("-a", "dask", "-e", "1", "--environment", "production"), "Did you mean 'desk'?"),
    ],
)
def test_an_unknown_name_is_wrong_usage_with_the_closest_name(contracts, client, arguments, reason):
    if "production" not in {each.name for each in client.environments()}:
        client.create_environment("production", production=True)
        client.put_version("desk", "1")
    assert reason in contracts("record-deployment", *arguments, status=2).output
