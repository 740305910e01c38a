"""The sign-in of people: through a provider of OpenID Connect, and what its answers must be."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import logging
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from anyio import from_thread, to_thread
from in_process import TestClient
from providers import CLIENT, SECRET, Provider

from contracts.broker import ui, urls
from contracts.broker.app import create_app
from contracts.broker.grants import GRANTS
from contracts.broker.people import SignIn
from contracts.broker.settings import SettingsError
from contracts.broker.ui.dispatch import ForPeople
from contracts.broker.ui.sign_in import local


BASE = "https://broker.example.org"
VERIFIER = "v" * 64
PAGE = {"Accept": "text/html"}
GRANTED = GRANTS.read(
    '{"platform": [{"role": "admin"}], "shop": [{"role": "publish", "teams": ["shop"]}], "*": [{"role": "read"}]}'
)


@pytest.fixture(scope="module")
def provider():
    with Provider() as provider:
        yield provider


@pytest.fixture
def guarded(broker, provider):
    """The broker, once people can sign in at *provider*."""
    broker.settings = dataclasses.replace(
        broker.settings,
        base_url=(BASE,),
        sign_in_issuer=provider.url,
        sign_in_client_id=CLIENT,
        sign_in_client_secret=SECRET,
        sign_in_permissions=GRANTED,
        teams=(("shop", ("web",)),),
    )
    return broker


@pytest.fixture
def browser(guarded):
    """A browser without a session, which follows no redirection by itself."""
    return TestClient(create_app(guarded), base_url=BASE, headers=PAGE, follow_redirects=False)


@pytest.fixture
def sign_in(browser, provider):
    """Sign a person in with these claims, from the page at *path*; return the response after it."""

    def sign_in(path="/ui/sign-in", **claims):
        url = browser.get(path).headers["location"]
        answer = provider.sign_in(url, **({"sub": "42", "name": "Ann"} | claims))
        return browser.get("/ui/sign-in/return", params=answer)

    return sign_in


def form_token(html):
    return re.search(r'name="token" value="([^"]+)"', html)[1]


def test_a_browser_without_a_session_signs_in_and_comes_back_to_its_page(browser, sign_in):
    invited = browser.get("/pacticipants/web?page=2")
    assert invited.status_code == 303
    assert invited.headers["location"] == f"{BASE}/ui/sign-in?next=%2Fpacticipants%2Fweb%3Fpage%3D2"

    response = sign_in(invited.headers["location"].removeprefix(BASE))

    assert response.status_code == 303
    assert response.headers["location"] == f"{BASE}/pacticipants/web?page=2"
    page = browser.get("/")
    assert page.status_code == 200
    assert "Ann</a>" in page.text


def test_the_cookie_of_a_session_is_protected(sign_in):
    cookies = sign_in().headers.get_list("set-cookie")
    session = next(each for each in cookies if "contracts_session" in each)
    assert session.startswith("__Host-contracts_session=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=43200"} <= set(session.split("; "))


def test_everyone_who_may_read_can_sign_in(guarded):
    guarded.settings = dataclasses.replace(guarded.settings, allow_public_read=True)
    page = TestClient(create_app(guarded), base_url=BASE, headers=PAGE).get("/")
    assert page.status_code == 200
    assert f'<a href="{BASE}/ui/sign-in">Sign in</a>' in page.text


def test_other_clients_get_a_401_that_says_what_to_do(browser):
    response = browser.get("/pacticipants", headers={"Accept": "application/hal+json"})
    assert response.status_code == 401
    assert "This broker requires a token." in response.text
    assert "contracts login" in response.text
    assert browser.get("/", headers={"Sec-Fetch-Mode": "cors"}).status_code == 401


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "evil",
        "/ui/sign-in/return?x",
        "/" + "a" * 3_000,
    ],
)
def test_a_sign_in_leads_to_a_page_of_the_broker_only(address):
    assert local(address) == "/"
    assert local("/webhooks?page=2") == "/webhooks?page=2"


def test_an_address_of_another_site_leads_to_the_first_page(sign_in):
    assert sign_in("/ui/sign-in?next=https://evil.example/").headers["location"] == f"{BASE}/"


def test_the_return_url_is_at_the_base_url(browser):
    url = browser.get("/ui/sign-in").headers["location"]
    assert parse_qs(urlsplit(url).query)["redirect_uri"] == [f"{BASE}/ui/sign-in/return"]


def test_an_answer_that_this_browser_has_not_asked_for_begins_no_session(browser, provider, guarded):
    other = TestClient(create_app(guarded), base_url=BASE, headers=PAGE, follow_redirects=False)
    answer = provider.sign_in(other.get("/ui/sign-in").headers["location"], sub="42")
    response = browser.get("/ui/sign-in/return", params=answer)
    assert response.status_code == 403
    assert "has not begun to sign in" in response.text
    assert browser.get("/").status_code == 303


def test_an_answer_serves_once(browser, provider):
    answer = provider.sign_in(browser.get("/ui/sign-in").headers["location"], sub="42")
    assert browser.get("/ui/sign-in/return", params=answer).status_code == 303
    assert browser.get("/ui/sign-in/return", params=answer).status_code == 403


def test_a_person_without_a_permission_cannot_sign_in(guarded, provider, caplog):
    guarded.settings = dataclasses.replace(guarded.settings, sign_in_permissions=GRANTED[:2])
    browser = TestClient(create_app(guarded), base_url=BASE, headers=PAGE, follow_redirects=False)
    answer = provider.sign_in(browser.get("/ui/sign-in").headers["location"], sub="42", name="Ann", groups="sales")
    with caplog.at_level(logging.WARNING):
        response = browser.get("/ui/sign-in/return", params=answer)
    assert response.status_code == 403
    assert "Ann is in no group that may use this broker" in response.text
    assert "Ann is in no group" in caplog.text


def test_a_provider_that_refuses_is_quoted_as_text(browser):
    state = parse_qs(urlsplit(browser.get("/ui/sign-in").headers["location"]).query)["state"][0]
    refused = browser.get("/ui/sign-in/return", params={"state": state, "error": "access_denied<script>"})
    assert refused.status_code == 403
    assert "access_denied&lt;script&gt;" in refused.text


def test_forms_change_what_the_person_may_and_nothing_else(sign_in, browser):
    sign_in(groups=["shop"])
    form = browser.get("/ui/requests?method=PUT&path=/pacticipants/web").text
    fields = {"token": form_token(form), "method": "PUT", "path": "/pacticipants/web/versions/1", "content": "{}"}
    assert browser.post("/ui/requests", data=fields).status_code == 303
    refused = browser.post("/ui/requests", data=fields | {"path": "/pacticipants/api/versions/1"})
    assert refused.status_code == 403
    assert "Ann may not publish as api, only: publish as web, the team shop; read" in refused.text
    assert "can permit it to one of your groups: PACT_BROKER_SIGN_IN_PERMISSIONS" in refused.text
    assert browser.post("/ui/requests", data=fields | {"token": "x"}).status_code == 403


def test_a_session_changes_nothing_without_a_form(sign_in, browser):
    sign_in(groups=["platform"])
    response = browser.put("/pacticipants/web", json={})
    assert response.status_code == 403
    assert "only through the forms" in response.text
    events = browser.get("/audit", params={"type": "refusal"}, headers={"Accept": "application/json"}).json()["events"]
    assert events[-1]["subject"] == "person:42"


def test_people_may_send_every_form_of_the_pages(sign_in, browser, guarded):
    sign_in(groups=["platform"])
    dispatch = ForPeople(browser.app, ui.all_pages(guarded, None), (), guarded.settings.base_url)
    for path in {*dispatch.forms, urls.SIGN_IN_COMMAND}:
        assert "changes data only through the forms" not in browser.post(path).text, path


def test_only_the_form_of_the_broker_allows_a_command(sign_in, browser):
    sign_in()
    command = {"port": "49152", "state": "s" * 43, "challenge": "c" * 43}
    form = browser.get("/ui/sign-in/command", params=command).text
    forged = browser.post("/ui/sign-in/command", data=command | {"token": "of another page"})
    assert (forged.status_code, "location" in forged.headers) == (403, False)
    allowed = browser.post("/ui/sign-in/command", data=command | {"token": form_token(form)})
    assert allowed.headers["location"].startswith("http://127.0.0.1:49152/?code=")


def test_a_session_ends_when_the_person_signs_out(sign_in, browser):
    sign_in()
    assert browser.get("/").status_code == 200
    assert browser.post("/ui/sign-out").headers["location"] == f"{BASE}/ui/sign-out"
    assert browser.get("/").status_code == 303
    assert "You have signed out" in browser.get("/ui/sign-out").text


def test_a_page_of_another_site_signs_nobody_out(sign_in, browser):
    sign_in()
    foreign = browser.post("/ui/sign-out", headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert browser.get("/").status_code == 200


def test_a_session_ends_after_its_time(sign_in, browser, clock):
    sign_in()
    clock.forward(hours=11)
    assert browser.get("/").status_code == 200
    clock.forward(hours=1)
    assert browser.get("/").status_code == 303


def test_other_processes_accept_a_session_also_after_a_restart(sign_in, browser, guarded):
    sign_in()
    other = TestClient(create_app(guarded), base_url=BASE, headers=PAGE, cookies=browser.cookies)
    assert other.get("/").status_code == 200


def test_a_provider_that_does_not_respond_takes_no_thread_of_other_requests(sign_in, monkeypatch):
    taken = []

    def counting(method):
        def counted(*arguments):
            taken.append(from_thread.run_sync(lambda: to_thread.current_default_thread_limiter().borrowed_tokens))
            return method(*arguments)

        return counted

    for name in ("begin", "finish"):
        monkeypatch.setattr(SignIn, name, counting(getattr(SignIn, name)))
    assert sign_in().status_code == 303
    assert taken == [0, 0]


def test_a_command_gets_a_token_until_the_session_ends(sign_in, browser, clock):
    sign_in()
    clock.forward(hours=11)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    command = {"port": "49152", "state": "s" * 43, "challenge": challenge}
    form = browser.get("/ui/sign-in/command", params=command)
    allowed = browser.post("/ui/sign-in/command", data=command | {"token": form_token(form.text)})
    code = parse_qs(urlsplit(allowed.headers["location"]).query)["code"][0]
    exchange = {"code": code, "verifier": VERIFIER, "machine": "laptop"}
    token = TestClient(browser.app, base_url=BASE).post("/session-tokens", json=exchange)
    assert token.json()["expiresAt"] == (clock() + timedelta(hours=1)).isoformat()


def test_a_command_that_listens_at_no_port_gets_nothing(sign_in, browser):
    sign_in()
    for port in ("", "0", "65536", "٤٩١٥٢", "-1", "49152x", "049152"):
        command = {"port": port, "state": "s" * 43, "challenge": "c" * 43}
        assert browser.get("/ui/sign-in/command", params=command).status_code == 400, port
    command["port"] = "65535"
    assert browser.get("/ui/sign-in/command", params=command).status_code == 200


def test_without_a_key_outside_of_the_database_nobody_signs_in(guarded, monkeypatch):
    monkeypatch.setattr(type(guarded.vault), "has_key", False)
    with pytest.raises(SettingsError, match="PACT_BROKER_SECRETS_KEY_FILE"):
        create_app(guarded)


def test_an_altered_session_is_none(sign_in, browser):
    sign_in()
    name = "__Host-contracts_session"
    value = browser.cookies[name]
    other = TestClient(browser.app, base_url=BASE, headers=PAGE, follow_redirects=False)
    assert other.get("/", headers={"Cookie": f"{name}={value[:-3]}aaa"}).status_code == 303
    assert other.get("/", headers={"Cookie": f"{name}={value}"}).status_code == 200


def test_a_session_follows_a_change_of_the_settings(sign_in, browser, guarded):
    sign_in(groups=["platform"])
    guarded.settings = dataclasses.replace(guarded.settings, sign_in_permissions=GRANTED[1:2])
    other = TestClient(
        create_app(guarded), base_url=BASE, headers=PAGE, cookies=browser.cookies, follow_redirects=False
    )
    assert other.get("/").status_code == 303


def test_another_key_ends_every_session(sign_in, browser, guarded, monkeypatch):
    sign_in()
    assert browser.get("/").status_code == 200
    monkeypatch.setattr(type(guarded.vault), "derive", lambda _, purpose: purpose.encode() * 8)
    assert browser.get("/").status_code == 303
