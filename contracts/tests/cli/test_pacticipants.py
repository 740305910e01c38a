def test_an_application_is_created_then_changed(contracts, ask, broker_url):
    result = contracts("create-or-update-pacticipant", "--name", "shop", "--main-branch", "main")
    assert result.stdout == f"Saved application shop.\n  {broker_url}/pacticipants/shop\n"
    changed = ask("create-or-update-pacticipant", "--name", "shop", "--repository-url", "https://git.example.com/shop")
    assert changed == {
        "name": "shop",
        "displayName": "Shop",
        "mainBranch": "main",
        "repositoryUrl": "https://git.example.com/shop",
        "url": f"{broker_url}/pacticipants/shop",
    }


def test_an_application_is_described_in_each_format(contracts, ask, client):
    client.create_or_update_pacticipant("till", main_branch="trunk")
    assert "Main branch: trunk\nRepository URL: -\n" in contracts("describe-pacticipant", "--name", "till").stdout
    table = contracts("describe-pacticipant", "--name", "till", "--output", "table").stdout
    assert "Main branch" in table
    assert "trunk" in table
    assert ask("describe-pacticipant", "--name", "till")["mainBranch"] == "trunk"


def test_an_unknown_application_is_named_with_the_closest_one(contracts, client):
    client.create_or_update_pacticipant("warehouse")
    result = contracts("describe-pacticipant", "--name", "warehose", status=2)
    assert "Did you mean 'warehouse'?" in result.output


def test_applications_are_listed_in_each_format(contracts, ask, client):
    client.create_or_update_pacticipant("ledger", main_branch="main")
    [record] = [each for each in ask("list-pacticipants") if each["name"] == "ledger"]
    assert record == {"name": "ledger", "displayName": "Ledger", "mainBranch": "main", "repositoryUrl": None}
    assert "ledger\tLedger\tmain\t\n" in contracts("list-pacticipants", "--output", "text").stdout
    assert "Display name" in contracts("pacticipants").stdout


def test_a_quiet_command_prints_data_and_errors(contracts):
    assert contracts("create-or-update-pacticipant", "--name", "mute", "--quiet").output == ""
    assert '"mute"' in contracts("list-pacticipants", "-q", "--output", "json").output
    assert "no application" in contracts("describe-pacticipant", "--name", "nobody", "-q", status=2).output


def test_a_verbose_command_logs_its_requests_to_standard_error(contracts):
    result = contracts("list-pacticipants", "--verbose", "--output", "json")
    assert '"GET /pacticipants' in result.stderr
    assert "GET /pacticipants" not in result.stdout
