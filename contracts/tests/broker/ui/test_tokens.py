"""The page of tokens, and the form that creates them."""

from __future__ import annotations

import dataclasses
import html
import re

import pytest
from in_process import TestClient

from contracts.broker.api.sessions import Sessions
from contracts.broker.app import create_app
from contracts.broker.grants import GRANTS
from contracts.broker.people import Person


BASE = "https://broker.example.org"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Browser:
    """A browser, perhaps with the session of a person."""

    def __init__(self, broker, person=None):
        cookies = {}
        if person is not None:
            sessions = Sessions(broker)
            from starlette.responses import Response  # noqa: PLC0415

            response = Response()
            sessions.start(response, person)
            name, _, rest = response.headers["set-cookie"].partition("=")
            cookies[name] = rest.partition(";")[0]
        self.client = TestClient(
            create_app(broker), base_url=BASE, headers=BROWSER, cookies=cookies, follow_redirects=False
        )

    def get(self, path):
        return html.unescape(self.client.get(path).text)

    def create(self, **fields):
        form = self.client.get("/ui/token/form").text
        token = re.search(r'name="token" value="([^"]+)"', form)[1]
        response = self.client.post("/ui/token/form", data={"token": token, "days": "30"} | fields)
        return response.status_code, html.unescape(response.text)


@pytest.fixture
def people(broker):
    """The broker, once people sign in."""
    broker.settings = dataclasses.replace(
        broker.settings,
        base_url=(BASE,),
        sign_in_issuer="https://issuer.example.org",
        sign_in_client_id="contracts",
        sign_in_permissions=GRANTS.read(
            '{"platform": [{"role": "admin"}], "shop": [{"role": "publish", "teams": ["shop"]}, '
            '{"role": "deploy", "names": ["staging"]}]}'
        ),
        teams=(("shop", ("web",)),),
    )
    broker.__post_init__()
    return broker


@pytest.fixture
def ann(people):
    return Browser(people, Person(subject="42", name="Ann", groups=("shop",)))


@pytest.fixture
def admin(people):
    return Browser(people, Person(subject="1", name="Root", groups=("platform",)))


def test_a_person_creates_lists_and_revokes_their_own_token(ann, admin):
    status, text = ann.create(note="my laptop", applications="web", teams="shop")
    assert status == 201
    token = re.search(r"contracts_[\w-]{40,}", text)[0]
    listed = ann.get("/tokens")
    assert "my laptop" in listed
    assert token not in listed
    assert token[:16] in listed
    assert "publish as web, the team shop" in listed
    headers = {"Authorization": f"Bearer {token}"}
    created = ann.client.put("/pacticipants/web/versions/1", json={}, headers=headers)
    assert created.status_code == 201

    assert "my laptop" in admin.get("/tokens")
    path = re.search(r"path=(%2Ftokens%2F[\w-]+)&next", listed)[1]
    form = ann.client.get(f"/ui/requests?method=DELETE&path={path}&next=/tokens").text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    assert ann.client.post("/ui/requests", data=fields).headers["location"] == f"{BASE}/tokens"
    assert "my laptop" not in ann.get("/tokens")


def test_a_person_creates_no_token_that_may_do_more(ann):
    attempts = [
        ({"applications": "api"}, "Ann may not publish as api, and a token may do no more than its creator"),
        ({"applications": "*"}, "may not publish as any application"),
        ({"environments": "*"}, "may not deploy to any environment"),
        ({"environments": "production"}, "may not deploy to production"),
        ({"roles": "admin"}, "may not do everything"),
        ({"roles": "webhooks"}, "may not change webhooks"),
        ({"days": "0"}, "must be from 1 to 3650"),
        ({"note": ""}, "note"),
    ]
    for fields, problem in attempts:
        status, text = ann.create(**{"note": "more"} | fields)
        assert status in {400, 403}, fields
        assert problem in text
    assert "No token exists yet." in ann.get("/tokens")


def test_a_person_with_fewer_permissions_than_before_replaces_no_token_that_may_do_more(people):
    before = Browser(people, Person(subject="42", name="Ann", groups=("platform",)))
    before.create(note="of an administrator", roles="admin")
    after = Browser(people, Person(subject="42", name="Ann", groups=("shop",)))
    (uuid,) = re.findall(r"path=%2Ftokens%2F([\w-]{36})&next", after.get("/tokens"))
    form = after.client.get(f"/ui/requests?method=POST&path=/tokens/{uuid}/regenerate").text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    refused = after.client.post("/ui/requests", data=fields)
    assert refused.status_code == 403
    assert "Ann may not do everything" in html.unescape(refused.text)


def test_a_person_does_not_see_or_revoke_the_tokens_of_others(ann, admin):
    admin.create(note="of the platform", roles="admin")
    assert "No token exists yet." in ann.get("/tokens")
    assert "of the platform" not in ann.client.get("/tokens", headers={"Accept": "application/hal+json"}).text
    assert "Created by" in admin.get("/tokens")
    (uuid,) = re.findall(r"path=%2Ftokens%2F([\w-]+)&next", admin.get("/tokens"))
    assert ann.client.get(f"/tokens/{uuid}", headers={"Accept": "application/hal+json"}).status_code == 404
    form = ann.client.get(f"/ui/requests?method=DELETE&path=/tokens/{uuid}").text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    assert ann.client.post("/ui/requests", data=fields).status_code == 404
    assert "of the platform" in admin.get("/tokens")


def test_a_form_of_another_page_creates_nothing(admin):
    status, text = admin.create(note="x", token="of another page")
    assert status == 403
    assert "did not come from this broker" in text
    assert "No token exists yet." in admin.get("/tokens")


def test_without_credentials_everyone_manages_tokens(broker):
    everyone = Browser(broker)
    everyone.create(note="everything", applications="*", environments="*", roles=["webhooks", "admin"])
    assert "publish as any application; deploy to any environment; change webhooks; do everything" in everyone.get(
        "/tokens"
    )


@pytest.mark.parametrize("path", ["/tokens", "/ui/token/form"])
def test_a_token_that_may_only_publish_sees_no_page(broker, http, path):
    token = http.post("/tokens", json={"note": "ci", "permissions": [{"role": "publish"}]}).json()["token"]
    broker.settings = dataclasses.replace(broker.settings, require_tokens=True)
    guarded = TestClient(create_app(broker), headers=BROWSER | {"Authorization": f"Bearer {token}"})
    response = guarded.get(path)
    assert response.status_code == 403
    assert "may not do everything" in html.unescape(response.text)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ui/environment/form", 403),
        ("/ui/application/form?application=api", 403),
        ("/ui/application/form?application=web", 200),
    ],
)
def test_a_form_needs_the_permission_of_its_change(broker, http, path, status):
    http.put("/pacticipants/web/versions/1", json={})
    permissions = [{"role": "publish", "names": ["web"]}]
    token = http.post("/tokens", json={"note": "ci", "permissions": permissions}).json()["token"]
    broker.settings = dataclasses.replace(broker.settings, require_tokens=True)
    guarded = TestClient(create_app(broker), headers=BROWSER | {"Authorization": f"Bearer {token}"})
    assert guarded.get(path).status_code == status


def test_where_everyone_may_read_a_person_is_led_to_the_sign_in_when_that_is_not_enough(http, request):
    http.post("/pacticipants", json={"name": "web"})
    people = request.getfixturevalue("people")  # from now on, changes need a person
    people.settings = dataclasses.replace(people.settings, allow_public_read=True)
    people.__post_init__()
    nobody = Browser(people)

    assert "Edit…" in nobody.get("/pacticipants/web")
    response = nobody.client.get("/ui/application/form?application=web")
    assert (response.status_code, response.headers["location"].partition("?")[0]) == (303, f"{BASE}/ui/sign-in")
