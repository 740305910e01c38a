"""`contracts login`, with a real broker, a real provider and a browser that follows links."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from providers import Provider, serving_people

from contracts.cli import login, main
from contracts.client import sign_ins
from contracts.client.sign_ins import SavedSignIn


class Browser:
    """A browser in which Ann allows what contracts login asks."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.session = requests.Session()
        self.session.headers["Accept"] = "text/html"
        self.url = ""

    def open(self, url):
        self.url = url
        threading.Thread(target=self.allow).start()
        return True

    def allow(self):
        page = self.session.get(self.url, allow_redirects=False, timeout=60)
        begun = self.session.get(page.headers["location"], allow_redirects=False, timeout=60)
        answer = self.provider.sign_in(begun.headers["location"], sub="42", name="Ann", groups=["shop"])
        broker = self.url.partition("/ui/")[0]
        form = self.session.get(f"{broker}/ui/sign-in/return", params=answer, timeout=60).text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
        self.page = self.session.post(f"{broker}/ui/sign-in/command", data=fields, timeout=60)


@pytest.fixture
def provider():
    with Provider() as provider:
        yield provider


@pytest.fixture
def base_url(sqlite_url, provider):
    """The URL of a broker where the people of *provider* sign in."""
    with serving_people(lambda _: provider.url, sqlite_url) as base_url:
        yield base_url


def test_only_the_command_s_own_state_brings_a_code():
    waiting = login.Waiting()
    assert not waiting.accept({"code": ["x"]})
    assert not waiting.accept({"code": ["x"], "state": ["of another"]})
    assert not waiting.accept({"state": [waiting.state]})
    assert waiting.code == ""
    assert waiting.accept({"code": ["x"], "state": [waiting.state]})


def test_an_expired_sign_in_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    url = "https://broker.example.org/sub"
    saved = SavedSignIn(base_url=url, token="t", uuid="u", name="Ann", expires_at="2020-01-01T00:00:00+00:00")
    sign_ins.save(saved, os.environ)
    result = CliRunner(env={"PACT_BROKER_BASE_URL": f"{url}/"}).invoke(main, ["list-pacticipants"])
    assert result.exit_code == 2
    assert "Sign in again with contracts login" in " ".join(result.output.split())


def test_each_broker_has_its_own_file(tmp_path):
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    first = sign_ins.path_of("https://broker.example.org", environ)
    assert sign_ins.path_of("HTTPS://Broker.example.org/", environ) == first
    assert (
        len({first, *(sign_ins.path_of(f"https://broker.example.org{each}", environ) for each in ("/b", ":81"))}) == 3
    )
    assert sign_ins.load("https://broker.example.org", environ) is None
    first.parent.mkdir(parents=True)
    first.write_text('{"token": 1}')
    assert sign_ins.load("https://broker.example.org", environ) is None


def test_a_person_signs_in_publishes_and_signs_out(base_url, provider, tmp_path, monkeypatch):
    browser = Browser(provider)
    monkeypatch.setattr(login.webbrowser, "open", browser.open)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    environ = {"PACT_BROKER_BASE_URL": base_url, "GITHUB_ACTIONS": ""}

    def contracts(*arguments):
        return CliRunner(env=environ).invoke(main, arguments, catch_exceptions=False)

    signed_in = contracts("login", "--output", "json")
    assert signed_in.exit_code == 0, signed_in.output
    document = json.loads(signed_in.stdout)
    assert document["name"] == "Ann"
    assert "You are signed in" in browser.page.text
    file = document["file"]
    assert file.startswith(str(tmp_path))
    if os.name == "posix":
        assert stat.S_IMODE(Path(file).stat().st_mode) == 0o600

    assert contracts("create-or-update-version", "--pacticipant", "web", "--version", "1").exit_code == 0
    refused = contracts("create-or-update-version", "--pacticipant", "api", "--version", "1")
    assert refused.exit_code == 4
    assert "of Ann may not publish as api, only: publish as web" in " ".join(refused.output.split())
    assert "signed in as Ann until" in contracts("doctor", "--verbose").output
    saved = sign_ins.load(base_url, os.environ)

    signed_out = contracts("logout")
    assert "You have signed out" in signed_out.output
    assert not Path(file).exists()
    headers = {"Authorization": f"Bearer {saved.token}"}
    assert requests.get(f"{base_url}/pacticipants", headers=headers, timeout=60).status_code == 401
    assert contracts("list-pacticipants").exit_code == 4
