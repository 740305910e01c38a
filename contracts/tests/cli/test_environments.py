import pytest


def test_an_environment_lives_from_creation_to_deletion(contracts, ask, broker_url):
    created = ask("create-environment", "--name", "live", "--production", "--contact-name", "Ops")
    uuid = created["uuid"]
    assert created == {
        "name": "live",
        "displayName": "Live",
        "production": True,
        "contactName": "Ops",
        "contactEmailAddress": None,
        "uuid": uuid,
        "url": f"{broker_url}/environments/{uuid}",
    }
    changed = ask("update-environment", "--uuid", uuid, "--no-production", "--contact-email-address", "ops@example.com")
    assert (changed["production"], changed["contactName"], changed["contactEmailAddress"]) == (
        False,
        "Ops",
        "ops@example.com",
    )
    assert ask("describe-environment", "--uuid", uuid) == ask("describe-environment", "--name", "live")
    assert uuid in contracts("list-environments").stdout
    assert contracts("delete-environment", "--uuid", uuid).stdout == f"Deleted environment live ({uuid}).\n"
    assert uuid not in contracts("list-environments", "-o", "text").stdout


def test_the_format_id_prints_the_uuid_alone(contracts, client):
    uuid = contracts("create-environment", "--name", "scripted", "--output", "id").stdout.strip()
    assert client.environment("scripted").uuid == uuid


def test_an_existing_environment_is_not_created_again(contracts, client):
    client.create_environment("twice", production=False)
    result = contracts("create-environment", "--name", "twice", status=1)
    assert "The broker has the environment 'twice' already." in result.output
    assert "name" in contracts("create-environment", "--name", "li ve", status=2).output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("describe-environment", "--name", "produktion"), "Did you mean 'production'?"),
        (("delete-environment", "--uuid", "none"), "has no environment with the UUID 'none'"),
        (("delete-environment",), "Which environment? Use --uuid or --name."),
    ],
)
def test_an_unknown_environment_is_wrong_usage(contracts, client, arguments, reason):
    if "production" not in {each.name for each in client.environments()}:
        client.create_environment("production", production=True)
    assert reason in contracts(*arguments, status=2).output
