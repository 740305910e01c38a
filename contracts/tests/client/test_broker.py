"""The typed client: which links it follows, what it sends, and what it makes of odd answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from fake_broker import Answer

from contracts.client import (
    Broker,
    Contract,
    Failing,
    ForeignLink,
    NotFound,
    NotSupported,
    Refused,
    UnexpectedAnswer,
    UsageError,
    Webhook,
    WebhookRequest,
)
from contracts.client.selectors import (
    AllTagged,
    Branch,
    Deployed,
    DeployedOrReleased,
    Latest,
    MainBranch,
    MatchingBranch,
    Released,
)


@pytest.fixture
def broker(fake):
    fake.with_index()
    with Broker(fake.base_url, token="t0k") as broker:
        yield broker


class TestConfiguration:
    def test_the_environment_names_broker_and_token(self, fake):
        fake.with_index()
        with Broker.from_environment({"PACT_BROKER_BASE_URL": fake.base_url + "/", "PACT_BROKER_TOKEN": "t"}) as broker:
            broker.check()
        assert broker.base_url == fake.base_url
        assert fake.requests[0].headers["Authorization"] == "Bearer t"

    def test_empty_variables_count_as_absent(self, fake):
        fake.with_index()
        variables = {
            "PACT_BROKER_BASE_URL": fake.base_url,
            "PACT_BROKER_TOKEN": "",
            "PACT_BROKER_USERNAME": "u",
            "PACT_BROKER_PASSWORD": "p",
        }
        with Broker.from_environment(variables) as broker:
            broker.check()
        assert fake.requests[0].headers["Authorization"] == "Basic dTpw"

    @pytest.mark.parametrize("variables", [{}, {"PACT_BROKER_BASE_URL": ""}])
    def test_no_base_url_is_wrong_usage(self, variables):
        with pytest.raises(UsageError, match="Set PACT_BROKER_BASE_URL"):
            Broker.from_environment(variables)

    @pytest.mark.parametrize("other", [{"username": "u"}, {"password": "p"}, {"username": "u", "password": "p"}])
    def test_a_token_and_a_user_name_or_password_are_not_guessed_between(self, other):
        with pytest.raises(UsageError, match="both a token and a user name"):
            Broker("http://broker", token="t", **other)

    def test_a_password_needs_a_user_name(self):
        with pytest.raises(UsageError, match="but no user name"):
            Broker("http://broker", password="p")

    def test_the_certificate_authorities_of_the_official_clients_are_used_too(self, tmp_path):
        absent = str(tmp_path / "absent.pem")
        with pytest.raises(UsageError, match=r"absent\.pem, does not exist: correct SSL_CERT_FILE"):
            Broker.from_environment({"PACT_BROKER_BASE_URL": "https://broker", "SSL_CERT_FILE": absent})


class TestIndex:
    def test_the_index_is_fetched_once(self, fake, broker):
        fake.on("GET", "/pacticipants/a", Answer(document={"name": "a"}))
        broker.pacticipant("a")
        broker.pacticipant("a")
        assert fake.request_lines().count("GET /") == 1

    def test_another_server_is_not_taken_for_a_broker(self, fake, broker):
        fake.on("GET", "/", Answer(document={"hello": "world"}))
        with pytest.raises(UnexpectedAnswer, match="is not a Pact Broker"):
            broker.check()

    def test_a_page_is_not_taken_for_an_index(self, fake, broker):
        fake.on("GET", "/", Answer(content=b"<html>", content_type="text/html"))
        with pytest.raises(UnexpectedAnswer, match="not of a proxy's login page"):
            broker.check()

    def test_nothing_there_names_the_address(self, fake):
        with (
            Broker(f"{fake.base_url}/pact") as broker,
            pytest.raises(UnexpectedAnswer, match=r"no Pact Broker at .*/pact"),
        ):
            broker.check()

    def test_wrong_credentials_are_refused(self, fake, broker):
        fake.on("GET", "/", Answer(401, content=b"no", content_type="text/plain"))
        with pytest.raises(Refused, match="PACT_BROKER_TOKEN"):
            broker.check()

    def test_a_missing_relation_says_what_the_broker_does_not_support(self, fake, broker):
        fake.with_index(without=("pb:environments",))
        assert not broker.offers("pb:environments")
        assert broker.offers("pb:webhooks")
        with pytest.raises(NotSupported, match="does not support environments"):
            broker.environments()


class TestLinks:
    def test_a_broker_behind_a_proxy_is_followed_at_the_configured_address(self, fake):
        """Its links name another base URL, as its index does: path and query below that are followed here."""
        fake.with_index(base_url="http://internal:9292/broker")
        fake.on("GET", "/pacticipants/a%2Fb", Answer(document={"name": "a/b"}))
        with Broker(fake.base_url, token="t0k") as broker:
            assert broker.pacticipant("a/b").name == "a/b"
        assert fake.requests[-1].headers["Authorization"] == "Bearer t0k"

    def test_relative_links_are_followed(self, fake):
        fake.with_index(base_url="")
        fake.on("GET", "/pacticipants/a", Answer(document={"name": "a"}))
        with Broker(fake.base_url) as broker:
            assert broker.pacticipant("a").name == "a"

    def test_an_index_without_a_link_to_itself_will_do(self, fake, broker):
        links = {"pb:pacticipants": {"href": "/all"}, "pb:pacticipant": {"href": "/{pacticipant}"}}
        fake.on("GET", "/", Answer(document={"_links": links})).on("GET", "/a", Answer(document={"name": "a"}))
        assert broker.pacticipant("a").name == "a"

    def test_an_index_that_lies_nowhere_is_an_error(self, fake, broker):
        links = {"self": {"href": "ftp://x"}, "pb:pacticipants": {"href": "/all"}}
        fake.on("GET", "/", Answer(document={"_links": links}))
        with pytest.raises(UnexpectedAnswer, match="gives 'ftp://x' as its own address"):
            broker.check()

    def test_a_link_to_a_third_place_is_not_followed(self, fake, broker):
        """No request, and no credential, leaves for it."""
        fake.with_index(**{"pb:evil": "/x"})
        index = fake.answers["GET", "/"][0].document
        index["_links"]["pb:pacticipant"]["href"] = "http://evil.example.com/{pacticipant}"
        with pytest.raises(ForeignLink, match=r"evil\.example\.com"):
            broker.pacticipant("a")
        with pytest.raises(ForeignLink):
            broker.pact("https://127.0.0.1/pacts/1")
        assert fake.request_lines() == ["GET /"]

    @pytest.mark.parametrize("name", ["feat/x y", "a+b", "50%", "ä", "?#&="])
    def test_names_are_encoded_to_the_last_reserved_character(self, fake, broker, name):
        from urllib.parse import quote  # noqa: PLC0415 - the yardstick, not the code under test

        encoded = quote(name, safe="")
        fake.on("PUT", f"/pacticipants/{encoded}/branches/{encoded}/versions/{encoded}", Answer(document={}))
        broker.add_branch(pacticipant=name, version=name, branch=name)


class TestContracts:
    def test_publishing_sends_every_argument(self, fake, broker):
        links = {"pb:contracts": [{"href": "/p1", "name": "Pact"}]}
        notices = [{"type": "success", "text": "a"}, {"type": "debug", "text": None}, {"text": "b"}]
        fake.on("POST", "/contracts/publish", Answer(document={"notices": notices, "_links": links}))
        contract = Contract(consumer="web", provider="api", content=b"{}")
        publication = broker.publish_contracts(pacticipant="web", version="1", contracts=[contract])
        assert fake.requests[-1].json == {
            "pacticipantName": "web",
            "pacticipantVersionNumber": "1",
            "contracts": [
                {
                    "consumerName": "web",
                    "providerName": "api",
                    "specification": "pact",
                    "contentType": "application/json",
                    "content": "e30=",
                }
            ],
        }
        assert [(notice.type, notice.text) for notice in publication.notices] == [("success", "a"), ("info", "b")]
        assert publication.pact_urls == ("/p1",)

    def test_pacts_for_verification_are_requested_as_by_the_official_verifier(self, fake, broker):
        path = "/pacts/provider/a%20b/for-verification"
        items = [
            {
                "shortDescription": "latest",
                "verificationProperties": {"pending": True, "wip": True, "notices": [{"when": "x", "text": "t"}]},
                "_links": {"self": {"href": "/pacts/1", "name": "Pact"}},
            },
            {"shortDescription": "other", "_links": {"self": {"href": "/pacts/2"}}},
        ]
        fake.on("GET", path, Answer(document={"_links": {"self": {"href": f"{path}?x=1"}}}))
        fake.on("POST", f"{path}?x=1", Answer(document={"_embedded": {"pacts": items}}))
        first, second = broker.pacts_for_verification(
            "a b",
            selectors=[
                MainBranch(),
                MatchingBranch(consumer="c"),
                Branch(name="b"),
                DeployedOrReleased(),
                Deployed(environment="e"),
                Released(),
                Latest(),
                Latest(tag="t"),
                AllTagged(tag="t"),
            ],
            branch="main",
            include_pending=False,
            include_wip_since=date(2026, 1, 2),
        )
        assert fake.requests[-1].json == {
            "includePendingStatus": False,
            "providerVersionBranch": "main",
            "includeWipPactsSince": "2026-01-02",
            "consumerVersionSelectors": [
                {"mainBranch": True},
                {"matchingBranch": True, "consumer": "c"},
                {"branch": "b"},
                {"deployedOrReleased": True},
                {"deployed": True, "environment": "e"},
                {"released": True},
                {"latest": True},
                {"latest": True, "tag": "t"},
                {"tag": "t"},
            ],
        }
        assert (first.name, first.url, first.pending, first.wip) == ("Pact", "/pacts/1", True, True)
        assert first.notices[0].text == "t"
        assert (second.name, second.pending, second.wip, second.notices) == ("/pacts/2", False, False, ())

    def test_a_pact_is_read_with_its_document(self, fake, broker):
        document = {
            "consumer": {"name": "web"},
            "provider": {"name": "api"},
            "interactions": [{}, {}],
            "messages": [{}],
            "_links": {"pb:consumer-version": {"href": "/v", "name": "7"}},
        }
        fake.on("GET", "/pacts/1", Answer(document=document))
        pact = broker.pact(f"{fake.base_url}/pacts/1")
        assert (pact.consumer, pact.consumer_version, pact.provider) == ("web", "7", "api")
        assert pact.document == document
        assert (pact.results_url, pact.matrix_url) == (None, None)

    def test_a_pact_that_does_not_name_its_parties_has_them_from_its_links(self, fake, broker):
        links = {f"pb:{role}": {"href": "/x", "name": role} for role in ("consumer", "provider", "consumer-version")}
        fake.on("GET", "/pacts/1", Answer(document={"_links": links}))
        pact = broker.pact(f"{fake.base_url}/pacts/1")
        assert (pact.consumer, pact.provider) == ("consumer", "provider")

    def test_a_pact_of_an_unnamed_version_is_none(self, fake, broker):
        names = {"consumer": {"name": "web"}, "provider": {"name": "api"}}
        fake.on("GET", "/pacts/1", Answer(document={**names, "_links": {"pb:consumer-version": {"href": "/v"}}}))
        with pytest.raises(UnexpectedAnswer, match="has no name"):
            broker.pact(f"{fake.base_url}/pacts/1")

    def test_results_are_requested_even_without_a_link(self, fake, broker):
        document = {
            "consumer": {"name": "web"},
            "provider": {"name": "api"},
            "_links": {"pb:consumer-version": {"href": "/v", "name": "7"}},
        }
        matrix = {"summary": {"deployable": True}, "matrix": []}
        fake.on("GET", "/pacts/1", Answer(document=document))
        fake.on(
            "GET", "/matrix?q%5B%5D%5Bpacticipant%5D=web&q%5B%5D%5Bversion%5D=7&latestby=cvpv", Answer(document=matrix)
        )
        assert broker.results_of(broker.pact(f"{fake.base_url}/pacts/1")) == ()

    def test_a_matrix_needs_no_further_parameters(self, fake, broker):
        document = {"summary": {"deployable": True}, "matrix": []}
        fake.on("GET", "/matrix?q%5B%5D%5Bpacticipant%5D=a", Answer(document=document))
        assert broker.matrix([{"pacticipant": "a"}]).deployable is True

    def test_a_matrix_is_read_row_by_row(self, fake, broker):
        rows = [
            {
                "consumer": {"name": "web", "version": {"number": "1"}},
                "provider": {"name": "api", "version": {"number": "2"}},
                "pact": {"_links": {"self": {"href": "/p"}}},
                "verificationResult": {"success": False, "_links": {"self": {"href": "/r"}}},
                "ignored": True,
            },
            {
                "consumer": {"name": "web", "version": {"number": "1"}},
                "provider": {"name": "api", "version": None},
                "pact": None,
                "verificationResult": None,
            },
        ]
        rows.append(rows[0] | {"verificationResult": {"success": True, "attested": False}})
        document = {"summary": {"deployable": None, "reason": None}, "notices": [], "matrix": rows}
        fake.on("GET", "/matrix?q%5B%5D%5Bpacticipant%5D=a%26b&environment=live", Answer(document=document))
        matrix = broker.matrix([{"pacticipant": "a&b"}], environment="live")
        assert (matrix.deployable, matrix.reason) == (None, "")
        first, second, unattested = matrix.rows
        assert (first.provider_version, first.success, first.verification_url, first.pact_url, first.ignored) == (
            "2",
            False,
            "/r",
            "/p",
            True,
        )
        assert (second.provider_version, second.success, second.verification_url, second.pact_url) == (None,) * 4
        assert not second.ignored
        assert unattested.success is None


class TestPacticipants:
    def test_all_pages_are_read(self, fake, broker):
        """A page that links to itself ends the list."""
        for page, following in (("/pacticipants", "/pacticipants?page=2"), ("/pacticipants?page=2", "/pacticipants")):
            items = [{"name": page, "mainBranch": "main"}]
            document = {"_embedded": {"pacticipants": items}, "_links": {"next": {"href": following}}}
            fake.on("GET", page, Answer(document=document))
        assert [each.name for each in broker.pacticipants()] == ["/pacticipants", "/pacticipants?page=2"]

    def test_an_update_creates_a_missing_pacticipant(self, fake, broker):
        fake.on("POST", "/pacticipants", Answer(201, {"name": "a", "mainBranch": "main"}))
        created = broker.create_or_update_pacticipant("a", main_branch="main")
        assert created.main_branch == "main"
        assert fake.request_lines()[1:] == ["PATCH /pacticipants/a", "POST /pacticipants"]
        assert fake.requests[-1].json == {"name": "a", "mainBranch": "main"}

    def test_omitted_fields_stay_unchanged(self, fake, broker):
        fake.on("PATCH", "/pacticipants/a", Answer(document={"name": "a"}))
        broker.create_or_update_pacticipant("a", repository_url="https://x")
        assert fake.requests[-1].json == {"repositoryUrl": "https://x"}
        assert fake.requests[-1].headers["Content-Type"] == "application/merge-patch+json"


class TestEnvironments:
    def test_without_an_environment_the_error_says_how_to_create_one(self, fake, broker):
        fake.on("GET", "/environments", Answer(document={"_links": {"pb:environments": []}}))
        with pytest.raises(NotFound, match=r"\(it knows: none yet\).*contracts create-environment --name live"):
            broker.environment("live")

    def test_a_broker_that_cannot_record_says_so(self, fake, broker):
        fake.on("GET", "/pacticipants/a/versions/1", Answer(document={"number": "1", "_links": {}}))
        with pytest.raises(NotSupported, match="recording deployments"):
            broker.record_deployment(pacticipant="a", version="1", environment="live")


class TestRepeating:
    """What must not be lost in a pipeline is sent again where the broker hangs up or is busy."""

    @pytest.fixture(autouse=True)
    def _version(self, fake):
        there = [{"name": "live", "href": "/there"}]
        document = {"_links": {"pb:record-deployment": there, "pb:record-release": there}}
        fake.on("GET", "/pacticipants/a/versions/1", Answer(document=document))

    @pytest.mark.parametrize("first", [Answer(503), None])
    def test_recording_and_publishing(self, fake, broker, first):
        parts = {"pacticipant": {"name": "a"}, "version": {"number": "1"}}
        recorded = {"uuid": "u", "currentlyDeployed": True, "currentlySupported": True, "_embedded": parts}
        recorded["_links"] = {"self": {"href": "/u"}}
        for ask in (broker.record_deployment, broker.record_release):
            fake.on("POST", "/there", first, Answer(document=recorded))
            assert ask(pacticipant="a", version="1", environment="live").version == "1"
        fake.on("POST", "/contracts/publish", first, Answer(document={"notices": []}))
        broker.publish_contracts(pacticipant="a", version="1", contracts=[])
        assert fake.request_lines("POST") == ["POST /there"] * 4 + ["POST /contracts/publish"] * 2

    def test_a_webhook_is_executed_once(self, fake, broker):
        fake.on("GET", "/webhooks/u1", Answer(document=STORED)).on("POST", "/webhooks/u1/execute", Answer(503))
        with pytest.raises(Failing):
            broker.execute_webhook("u1")
        assert fake.request_lines("POST") == ["POST /webhooks/u1/execute"]


WEBHOOK = Webhook(
    description="d",
    events=("contract_published",),
    consumer="web",
    provider_label="team",
    request=WebhookRequest(
        url="https://ci", headers={"a": "b"}, body={"x": "${pactbroker.pactUrl}"}, username="u", password="p"
    ),
)
STORED = {
    "uuid": "u1",
    "description": "d",
    "events": [{"name": "contract_published"}],
    "consumer": {"name": "web"},
    "provider": {"label": "team"},
    "enabled": True,
    "request": {
        "method": "POST",
        "url": "https://ci",
        "headers": {"a": "b"},
        "body": {"x": "${pactbroker.pactUrl}"},
        "username": "u",
        "password": "p",
    },
    "_links": {"pb:execute": {"href": "/webhooks/u1/execute"}},
}


class TestWebhooks:
    def test_a_webhook_is_read_as_it_was_sent(self, fake, broker):
        fake.on("PUT", "/webhooks/u1", Answer(201, STORED))
        stored = broker.put_webhook("u1", WEBHOOK)
        sent = {key: value for key, value in STORED.items() if key not in {"uuid", "_links"}}
        assert fake.requests[-1].json == sent
        assert stored.uuid == "u1"
        assert stored.document() == sent

    def test_lists_are_read_one_by_one(self, fake, broker):
        fake.on("GET", "/webhooks", Answer(document={"_links": {"pb:webhooks": [{"href": "/webhooks/u1"}]}}))
        fake.on("GET", "/webhooks/u1", Answer(document={"request": {"method": "POST", "url": "x"}, "enabled": False}))
        [webhook] = broker.webhooks()
        assert (webhook.events, webhook.enabled, webhook.request.headers) == ((), False, {})

    @pytest.mark.parametrize("limit", ["consumers", "branches", "labels"])
    def test_a_broker_that_would_ignore_limits_gets_no_webhook_with_them(self, fake, broker, limit):
        """It would send the webhook for everything."""
        limited = replace(WEBHOOK, **{limit: ("a",)})
        for create in (broker.create_webhook, lambda each: broker.put_webhook("u1", each)):
            with pytest.raises(NotSupported, match="webhooks for several consumers, branches or labels"):
                create(limited)
        assert fake.request_lines("POST") == fake.request_lines("PUT") == []

    @pytest.mark.parametrize(
        ("webhook", "reason"),
        [
            (Webhook(events=(), request=WEBHOOK.request), "at least one event"),
            (
                Webhook(events=("x",), request=WEBHOOK.request, provider="a", provider_label="b"),
                "The provider of a webhook has both a name and a label",
            ),
        ],
    )
    def test_a_contradictory_webhook_is_not_sent(self, fake, broker, webhook, reason):
        with pytest.raises(UsageError, match=reason):
            broker.create_webhook(webhook)
        assert fake.request_lines("POST") == []

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            ({"success": True, "response": {"status": 204}, "logs": "l"}, (True, 204, None, "l")),
            ({"success": False, "error": {"message": "refused"}}, (False, None, "refused", None)),
            ({"success": False, "response": {"message": "hidden"}}, (False, None, None, None)),
        ],
    )
    def test_a_test_run_tells_how_it_went(self, fake, broker, answer, outcome):
        fake.on("GET", "/webhooks/u1", Answer(document=STORED))
        fake.on("POST", "/webhooks/u1/execute", Answer(document=answer))
        execution = broker.execute_webhook("u1")
        assert (execution.success, execution.status, execution.error, execution.logs) == outcome

    def test_a_webhook_is_read_by_its_uuid(self, fake, broker):
        fake.on("GET", "/webhooks/u1", Answer(document=STORED))
        assert broker.webhook("u1").document() == WEBHOOK.document()

    def test_a_webhook_can_be_deleted(self, fake, broker):
        fake.on("DELETE", "/webhooks/u1", Answer(204))
        broker.delete_webhook("u1")
        assert fake.request_lines()[-1] == "DELETE /webhooks/u1"

    def test_a_password_never_shows_in_a_representation(self):
        assert "s3cret" not in repr(WebhookRequest(url="x", password="s3cret"))


class TestSecrets:
    def test_pactflow_stores_secrets(self, fake, broker):
        fake.with_index(**{"pb:secrets": "/secrets"})
        fake.on("GET", "/secrets", Answer(200, {"_embedded": {"secrets": []}}))
        fake.on("POST", "/secrets", Answer(201, {"uuid": "s"}))
        broker.create_secret(name="githubToken", value="v", description="d")
        assert fake.requests[-1].json == {"name": "githubToken", "value": "v", "description": "d"}

    def test_a_broker_without_secrets_is_sent_nothing(self, fake, broker):
        with pytest.raises(NotSupported, match=r"does not support secrets \(PactFlow does\)"):
            broker.create_secret(name="githubToken", value="v", description="d")
        assert fake.request_lines() == ["GET /"]


class TestBadges:
    def test_the_addresses_of_badges_are_on_the_broker(self, fake, broker):
        template = "/pacticipants/a/branches/{branch}/latest-version/can-i-deploy/to-environment/{environment}/badge"
        links = {"pb:can-i-deploy-branch-to-environment-badge": {"href": template}}
        fake.on("GET", "/pacticipants/a", Answer(document={"name": "a", "_links": links}))
        base = fake.base_url
        assert broker.pact_badge_url(consumer="w/b", provider="a") == (
            f"{base}/pacts/provider/a/consumer/w%2Fb/latest/badge.svg"
        )
        assert (
            broker.can_i_merge_badge_url(pacticipant="a") == f"{base}/pacticipants/a/main-branch/can-i-merge/badge.svg"
        )
        assert broker.can_i_deploy_badge_url(pacticipant="a", branch="f/x", environment="live") == (
            f"{base}/pacticipants/a/branches/f%2Fx/latest-version/can-i-deploy/to-environment/live/badge"
        )
