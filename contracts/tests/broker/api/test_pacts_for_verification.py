"""What a provider's build is given to verify, over HTTP."""

from __future__ import annotations

import pytest
from estates import Estate, statements

from contracts.model.metadata import Metadata, SelectorMetadata, decode


URL = "/pacts/provider/Ledger/for-verification"
WIP = {"includeWipPactsSince": "2020-01-01"}


@pytest.fixture
def estate(broker):
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main", tags=("prod",))
    estate.publish("Till", "2", "b", branch="feat", tags=("dev",))
    return estate


@pytest.fixture
def ask(http):
    """The verification properties of the pacts in a response, by name."""

    def ask(body):
        response = http.post(URL, json=body)
        assert response.status_code == 200, response.text
        return {
            each["_links"]["self"]["name"]: {
                key: value for key, value in each["verificationProperties"].items() if key != "notices"
            }
            for each in response.json()["_embedded"]["pacts"]
        }

    return ask


TILL_1 = "Pact between Till (1) and Ledger"
TILL_2 = "Pact between Till (2) and Ledger"


def test_a_pact_to_verify_as_a_verifier_reads_it(http, estate):
    body = {"consumerVersionSelectors": [{"mainBranch": True}], "includePendingStatus": True}
    response = http.post(URL, json=body)
    assert response.headers["content-type"] == "application/hal+json;charset=utf-8"
    document = response.json()
    assert document["_links"] == {"self": {"href": f"http://testserver{URL}", "title": "Pacts to verify"}}
    (item,) = document["_embedded"]["pacts"]
    assert item["shortDescription"] == "latest from main branch"
    assert item["verificationProperties"]["pending"] is True
    assert "wip" not in item["verificationProperties"]
    assert [each["when"].split(":")[0] for each in item["verificationProperties"]["notices"]] == [
        *["before_verification"] * 2,
        *["after_verification"] * 4,
    ]
    assert item["_links"]["self"]["name"] == TILL_1
    pact_url, _, segment = item["_links"]["self"]["href"].partition("/metadata/")
    pact = estate.pact("Till", "1")
    assert pact_url == f"http://testserver/pacts/provider/Ledger/consumer/Till/pact-version/{pact.sha}"
    selector = SelectorMetadata(branch="main", latest=True, consumer_version_id=pact.consumer_version.id)
    assert decode(segment) == Metadata(selectors=(selector,), pending=True)
    assert pact_url in item["verificationProperties"]["notices"][0]["text"]


def test_the_address_leads_to_the_pact_and_takes_its_results(http, estate, ask):
    question = {"consumerVersionSelectors": [{"branch": "feat"}], "providerVersionBranch": "main"}
    (item,) = http.post(URL, json=question).json()["_embedded"]["pacts"]
    pact = http.get(item["_links"]["self"]["href"]).json()
    result = {"success": True, "providerApplicationVersion": "10"}
    assert http.post(pact["_links"]["pb:publish-verification-results"]["href"], json=result).status_code == 201
    assert ask(question) == {TILL_2: {"pending": True}}
    estate.version("Ledger", "10", branch="main")
    assert ask(question) == {TILL_2: {"pending": False}}


@pytest.mark.usefixtures("estate")
def test_the_response_has_the_pending_status_unless_it_is_declined(ask):
    assert ask({}) == {TILL_1: {"pending": True}}
    assert ask({"includePendingStatus": False}) == {TILL_1: {}}


@pytest.mark.usefixtures("estate")
def test_work_in_progress_needs_a_date_and_a_branch_or_tag(ask):
    wip = {"pending": True, "wip": True}
    selectors = {"consumerVersionSelectors": [{"mainBranch": True}]}
    assert ask(selectors | WIP) == {TILL_1: {"pending": True}}
    assert ask(selectors | {"providerVersionBranch": "main"}) == {TILL_1: {"pending": True}}
    for provider in ({"providerVersionBranch": "main"}, {"providerVersionTags": ["dev"]}):
        assert ask(selectors | WIP | provider) == {TILL_1: {"pending": True}, TILL_2: wip}
        assert ask(selectors | WIP | provider | {"includePendingStatus": False}) == {TILL_1: {}, TILL_2: {"wip": True}}


@pytest.mark.usefixtures("estate")
def test_nothing_is_asked_for_with_an_empty_body_an_empty_object_or_no_selectors(http):
    answers = [http.post(URL, content=each, headers={"Content-Type": "application/json"}) for each in ("", "{}")]
    answers.append(http.post(URL, json={"consumerVersionSelectors": [], "providerVersionTags": None}))
    assert len({each.text for each in answers}) == 1
    assert answers[0].json()["_embedded"]["pacts"][0]["_links"]["self"]["name"] == TILL_1


def test_the_length_of_the_look_back_is_a_setting(broker, estate, ask, clock):
    question = {"consumerVersionSelectors": [{"mainBranch": True}], "providerVersionBranch": "main"} | WIP
    estate.version("Ledger", "10", branch="main")
    clock.forward(days=1)
    estate.verify("Till", "2", by="10")
    clock.forward(days=broker.settings.verified_by_other_branch_lookback_days)
    assert list(ask(question)) == [TILL_1]
    clock.forward(days=1)
    assert list(ask(question)) == [TILL_1, TILL_2]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"providerVersionBranch": " "}, {"providerVersionBranch": ["cannot be blank"]}),
        ({"providerVersionTags": "x"}, {"providerVersionTags": ["must be an array"]}),
        ({"providerVersionTags": [1]}, {"providerVersionTags": ["must be a string (at index 0)"]}),
        ({"includePendingStatus": "true"}, {"includePendingStatus": ["must be one of: true, false"]}),
        ({"includePendingStatus": None}, {"includePendingStatus": ["must be one of: true, false"]}),
        ({"includeWipPactsSince": "2020"}, {"includeWipPactsSince": ["must be a date"]}),
        ({"includeWipPactsSince": ""}, {"includeWipPactsSince": ["must be a date"]}),
        ({"includeWipPactsSince": None}, {"includeWipPactsSince": ["must be a date"]}),
        ({"consumerVersionSelectors": None}, {"consumerVersionSelectors": ["must be an array"]}),
        ({"consumerVersionSelectors": ["x"]}, {"consumerVersionSelectors": ["must be a hash (at index 0)"]}),
        (
            {"includePendingStatus": 1, "consumerVersionSelectors": [{"latest": True}, {"tag": ""}]},
            {
                "includePendingStatus": ["must be one of: true, false"],
                "consumerVersionSelectors": ["tag must be filled (at index 1)"],
            },
        ),
    ],
)
@pytest.mark.usefixtures("estate")
def test_a_question_that_breaks_a_rule_is_refused(http, body, errors):
    response = http.post(URL, json=body)
    assert (response.status_code, response.json()) == (400, {"errors": errors})


@pytest.mark.parametrize("options", [{"includePendingStatus": True}, WIP])
@pytest.mark.usefixtures("estate")
def test_an_empty_branch_counts_as_none_but_is_refused_if_it_would_matter(http, options):
    empty = {"providerVersionBranch": ""}
    assert http.post(URL, json=empty).status_code == 200
    assert http.post(URL, json=empty | options | {"providerVersionTags": ["dev"]}).status_code == 200
    response = http.post(URL, json=empty | options)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["providerVersionBranch"]


def test_the_first_error_is_reported_first(http, estate):
    nobody = "/pacts/provider/Nobody/for-verification"
    moon = {"consumerVersionSelectors": [{"environment": "moon"}]}
    text = {"Content-Type": "text/plain"}
    assert http.post(nobody, json=moon, headers=text).status_code == 400
    estate.environment("moon")
    assert http.post(nobody, json=moon, headers=text | {"Accept": "image/png"}).status_code == 406
    response = http.post(nobody, json=moon, headers=text)
    assert response.status_code == 404
    assert "provider named 'Nobody'" in response.json()["error"]
    assert http.post(URL, json=moon, headers=text).status_code == 415
    assert http.post(URL, json=moon).json()["_embedded"] == {"pacts": []}


@pytest.mark.usefixtures("estate")
def test_the_old_way_is_answered_with_a_notice_to_upgrade_first(http):
    document = http.get(URL).json()
    assert document["_links"]["self"]["href"] == f"http://testserver{URL}"
    (item,) = document["_embedded"]["pacts"]
    assert item["verificationProperties"]["pending"] is True
    notice = item["verificationProperties"]["notices"][0]
    assert notice["when"] == "before_verification"
    assert "Upgrade the Pact library" in notice["text"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("consumer_version_selectors[][tag]=prod&consumer_version_selectors[][latest]=true", [TILL_1]),
        (
            (
                "consumer_version_selectors[][tag]=prod&consumer_version_selectors[][tag]=dev"
                "&consumer_version_selectors[][latest]=false"
            ),
            [TILL_1, TILL_2],
        ),
        (
            (
                "consumer_version_selectors[][tag]=none&consumer_version_selectors[][latest]=true"
                "&consumer_version_selectors[][fallback_tag]=dev"
            ),
            [TILL_2],
        ),
        ("provider_version_tags[]=x&include_wip_pacts_since=2020-01-01", [TILL_1, TILL_2]),
        ("provider_version_branch=x&include_wip_pacts_since=2020-01-01&include_pending_status=true", [TILL_1, TILL_2]),
    ],
)
@pytest.mark.usefixtures("estate")
def test_the_old_way_has_its_own_names(http, query, names):
    pacts = http.get(f"{URL}?{query}").json()["_embedded"]["pacts"]
    assert [each["_links"]["self"]["name"] for each in pacts] == names
    assert all(each["verificationProperties"]["pending"] for each in pacts)


@pytest.mark.usefixtures("estate")
def test_the_old_way_can_decline_pending_status(http):
    (item,) = http.get(f"{URL}?include_pending_status=false").json()["_embedded"]["pacts"]
    assert "pending" not in item["verificationProperties"]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        (
            "consumer_version_selectors[][latest]=true",
            {"consumer_version_selectors": ["tag is missing (at index 0)"]},
        ),
        ("consumer_version_selectors[]=x", {"consumer_version_selectors": ["must be a hash (at index 0)"]}),
        ("consumer_version_selectors=x", {"consumer_version_selectors": ["must be an array"]}),
        (
            "consumer_version_selectors[][tag]=x&consumer_version_selectors[][latest][]=true",
            {"consumer_version_selectors": ["latest must be one of: true, false (at index 0)"]},
        ),
        ("include_wip_pacts_since=foo", {"include_wip_pacts_since": ["must be a date"]}),
    ],
)
@pytest.mark.usefixtures("estate")
def test_the_old_way_is_refused_under_its_own_names(http, query, errors):
    response = http.get(f"{URL}?{query}")
    assert (response.status_code, response.json()) == (400, {"errors": errors})


def test_a_response_takes_at_most_twelve_statements_for_any_number_of_consumers(http, broker):
    estate = Estate(broker)
    estate.environment("live")
    for number in range(10):
        consumer = f"Consumer {number}"
        estate.publish(consumer, "1", f"a{number}", branch="main", tags=("prod",))
        estate.deploy(consumer, "1", "live")
        estate.publish(consumer, "2", f"b{number}", branch="feat", tags=("dev",))
        estate.publish(consumer, "3", f"c{number}", branch="side", tags=("side",))
        estate.verify(consumer, "1", by="10")
    every = [
        {"mainBranch": True},
        {"branch": "feat"},
        {"matchingBranch": True},
        {"tag": "prod", "latest": True, "fallbackTag": "dev"},
        {"tag": "prod"},
        {"deployedOrReleased": True, "environment": "live"},
    ]
    for provider in ({"providerVersionBranch": "main"}, {"providerVersionBranch": "x", "providerVersionTags": ["a"]}):
        with statements(broker.database) as executed:
            response = http.post(URL, json={"consumerVersionSelectors": every} | provider | WIP)
        assert len(response.json()["_embedded"]["pacts"]) == 30
        assert len(executed) <= 12
    with statements(broker.database) as executed:
        assert len(http.post(URL, json={}).json()["_embedded"]["pacts"]) == 10
    assert len(executed) == 5


@pytest.mark.usefixtures("estate")
def test_as_many_selectors_and_tags_as_can_be_answered_at_once_are_and_more_are_refused(http, ask):
    def question(count):
        numbers = range(count)
        return {
            "providerVersionTags": [f"tag-{each}" for each in numbers],
            "consumerVersionSelectors": [
                {"mainBranch": True},
                *({"branch": f"b-{each}", "fallbackBranch": "feat"} for each in numbers[1:]),
            ],
            **WIP,
        }

    assert set(ask(question(200))) == {TILL_1, TILL_2}
    answer = http.post(URL, json=question(2000))
    reason = ["has 2000 elements. Send at most 200 at once"]
    assert (answer.status_code, answer.json()) == (
        400,
        {"errors": {"providerVersionTags": reason, "consumerVersionSelectors": reason}},
    )
    query = "&".join(f"consumer_version_selectors[][tag]={each}" for each in range(201))
    old = http.get(f"{URL}?{query}")
    assert old.json() == {"errors": {"consumer_version_selectors": ["has 201 elements. Send at most 200 at once"]}}
