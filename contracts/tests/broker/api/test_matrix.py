"""`/matrix` and `/can-i-deploy`: whole answers."""

from __future__ import annotations

import re

import pytest
from estates import Estate, statements


pytestmark = pytest.mark.usefixtures("estate")


@pytest.fixture
def estate(broker):
    """Till 1 has a result of Ledger 10, which is deployed; Till 2 has no result."""
    estate = Estate(broker)
    estate.environment("live")
    estate.publish("Till", "1", "a", branch="main", tags=("dev",))
    estate.version("Ledger", "10", branch="main", tags=("prod",))
    estate.verify("Till", "1", by="10")
    estate.deploy("Ledger", "10", "live")
    estate.publish("Till", "2", "b", branch="feat/x")
    return estate


@pytest.fixture
def ask(http):
    def ask(path, status=200, **headers):
        answer = http.get(path, headers=headers)
        assert answer.status_code == status, answer.text
        return answer

    return ask


def base(document):
    return {key: value for key, value in document["summary"].items() if key != "reason"}


def test_a_row_without_a_result_has_its_verification_job(ask):
    (row,) = ask("/can-i-deploy?pacticipant=Till&version=2&environment=live").json()["matrix"]
    assert row["verificationResult"] is None
    job = row["verificationJob"]
    assert ask(job["_links"]["self"]["href"]).json() == job
    assert (job["state"], job["attempts"], job["deadline"], job["resultExpected"]) == ("needed", 0, None, False)
    assert job["provider"] == {"name": "Ledger", "version": "10"}


def test_an_answer_holds_the_verdict_and_every_row(ask):
    document = ask("/can-i-deploy?pacticipant=Till&version=1&environment=live").json()
    assert base(document) == {"deployable": True, "success": 1, "failed": 0, "unknown": 0}
    assert document["summary"]["reason"] == document["notices"][0]["text"]
    assert document["notices"][0]["type"] == "success"
    (row,) = document["matrix"]
    branch = {
        "name": "main",
        "latest": True,
        "_links": {
            "self": {
                "title": "Branch version",
                "name": "main",
                "href": "http://testserver/pacticipants/Till/branches/main/versions/1",
            }
        },
    }
    assert row["consumer"] == {
        "name": "Till",
        "version": {
            "number": "1",
            "branch": "main",
            "branches": [branch],
            "branchVersions": [branch],
            "environments": [],
            "_links": {"self": {"href": "http://testserver/pacticipants/Till/versions/1"}},
            "tags": [
                {
                    "name": "dev",
                    "latest": True,
                    "_links": {"self": {"href": "http://testserver/pacticipants/Till/versions/1/tags/dev"}},
                }
            ],
        },
        "_links": {"self": {"href": "http://testserver/pacticipants/Till"}},
    }
    (environment,) = row["provider"]["version"]["environments"]
    assert environment["_links"]["self"]["href"].endswith(f"/environments/{environment['uuid']}")
    assert (environment["name"], environment["production"]) == ("live", False)
    assert row["pact"]["_links"]["self"]["href"] == "http://testserver/pacts/provider/Ledger/consumer/Till/version/1"
    assert re.fullmatch(
        r"http://testserver/pacts/provider/Ledger/consumer/Till/pact-version/\w{40}/metadata/\w+/verification-results/\d+",
        row["verificationResult"]["_links"]["self"]["href"],
    )
    assert row["verificationResult"]["success"] is True


def test_unknown_values_are_null(ask):
    document = ask("/can-i-deploy?pacticipant=Till&version=2&environment=live").json()
    assert base(document) == {"deployable": None, "success": 0, "failed": 0, "unknown": 1}
    (row,) = document["matrix"]
    assert (row["provider"]["version"], row["verificationResult"]) == (None, None)
    assert row["consumer"]["version"]["branch"] == "feat/x"


def test_a_version_without_a_branch_has_null_for_one(ask, estate):
    estate.publish("Till", "3", "c")
    (row,) = ask("/matrix?q[][pacticipant]=Till&q[][version]=3").json()["matrix"]
    assert row["consumer"]["version"]["branch"] is None


def test_ignored_rows_come_last_and_are_counted_only_where_something_is_ignored(ask):
    path = "/can-i-deploy?pacticipant=Till&version=2&environment=live&ignore[][pacticipant]=Ledger"
    document = ask(path).json()
    assert base(document) == {"deployable": True, "success": 0, "failed": 0, "unknown": 0, "ignored": 1}
    assert document["matrix"][-1]["ignored"] is True
    assert base(ask(path.replace("Ledger", "Till")).json())["ignored"] == 1
    assert "ignored" not in ask("/matrix?q[][pacticipant]=Till").json()["matrix"][0]


def test_an_unknown_version_is_a_no_and_not_an_error(ask):
    document = ask("/can-i-deploy?pacticipant=Till&version=9&environment=live").json()
    assert (document["summary"]["deployable"], document["matrix"]) == (False, [])


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", {"pacticipant", "version", ""}),
        ("pacticipant=Till", {"version", ""}),
        ("pacticipant=&version=&environment=live", {"pacticipant", "version"}),
        ("pacticipant=Till&version=1", {""}),
        ("pacticipant=Till&version=1&environment=live&to=prod", {""}),
        ("pacticipant=Nobody&version=1&environment=live", {"pacticipant"}),
        ("pacticipant=Nobody&version=1&environment=none", {"pacticipant", "environment"}),
        ("pacticipant=Nobody", {"pacticipant", "version", ""}),
        ("pacticipant=Till&version=1&environment=none", {"environment"}),
    ],
)
def test_can_i_deploy_reports_errors_by_field(ask, query, fields):
    answer = ask(f"/can-i-deploy?{query}", 400)
    assert set(answer.json()["errors"]) == fields


def test_the_matrix_reports_errors_in_sentences(ask):
    answer = ask("/matrix?q[][pacticipant]=Nobody&q[][pacticipant]=Till&limit=0&environment=none", 400)
    assert len(answer.json()["errors"]) == 3
    assert len(ask("/matrix?q[][pacticipant]=Nobody", 400).json()["errors"]) == 1
    assert len(ask("/matrix", 400).json()["errors"]) == 1


def test_an_error_takes_precedence_over_an_unacceptable_media_type(ask):
    assert ask("/matrix", 400, accept="application/json").json()["errors"]
    ask("/matrix?q[][pacticipant]=Till", 406, accept="application/json")


def test_a_pair_has_a_matrix_of_its_own(ask):
    rows = ask("/matrix/provider/Ledger/consumer/Till").json()["matrix"]
    assert [row["consumer"]["version"]["number"] for row in rows] == ["2", "1"]
    assert len(ask("/matrix/provider/Ledger/consumer/Till?latestby=cp").json()["matrix"]) == 1
    assert "consumer named 'Nobody'" in ask("/matrix/provider/No/consumer/Nobody", 404).json()["error"]
    assert "provider named 'Nobody'" in ask("/matrix/provider/Nobody/consumer/Till", 404).json()["error"]


def test_a_table_for_people_holds_the_rows_and_the_verdict(ask):
    answer = ask("/matrix?q[][pacticipant]=Till", accept="text/plain")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    heading, line, unverified, verified, _, deployable, reason, *_ = answer.text.splitlines()
    assert heading.split(" | ")[:2] == ["CONSUMER", "C_VERSION"]
    assert set(line) == {"-", "|"}
    assert [cell.strip() for cell in unverified.split("|")] == ["Till", "2", "1", "Ledger", "", "", ""]
    assert [cell.strip() for cell in verified.split("|")][3:5] == ["Ledger", "10"]
    assert deployable == "Deployable: nil"
    assert reason.startswith("Reason: WARN: ")


def test_the_url_of_a_tag_has_its_verdict(ask):
    document = ask("/pacticipants/Till/latest-version/dev/can-i-deploy/to/prod").json()
    assert [each["type"] for each in document["notices"]] == ["warning", "success"]
    ask("/pacticipants/Till/latest-version/none/can-i-deploy/to/prod", 404)
    ask("/pacticipants/Nobody/latest-version/dev/can-i-deploy/to/prod", 404)


def test_the_url_of_a_branch_has_its_verdict(ask):
    to_live = "latest-version/can-i-deploy/to-environment/live"
    document = ask(f"/pacticipants/Till/branches/feat%2Fx/{to_live}").json()
    assert [each["type"] for each in document["notices"]] == ["warning", "error"]
    answer = ask(f"/pacticipants/Till/branches/none/{to_live}", 404)
    assert answer.headers["content-type"] == "application/json;charset=utf-8"


def test_a_decision_that_needs_more_rows_than_a_page_gets_them_all(ask, estate):
    for number in range(101):
        estate.publish("Shop", "1", f"p{number}", provider=f"Provider{number}")
    scoped = "/matrix?q[][pacticipant]=Shop&q[][version]=1&latestby=cvpv&environment=live"
    assert len(ask(scoped).json()["matrix"]) == 101
    assert len(ask(f"{scoped}&limit=7").json()["matrix"]) == 7
    assert len(ask("/matrix?q[][pacticipant]=Shop").json()["matrix"]) == 100


def test_a_whole_answer_takes_nine_statements(ask, estate):
    with statements(estate.broker.database) as executed:
        ask("/can-i-deploy?pacticipant=Till&version=1&environment=live")
    assert len(executed) == 9
