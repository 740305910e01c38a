"""People: what a provider's answer must be before somebody has signed in."""

from __future__ import annotations

import json

import pytest
from issuers import DISCOVERY
from listeners import Reply
from providers import CLIENT, SECRET, Provider

from contracts.broker.grants import GRANTS
from contracts.broker.people import SignIn, SignInFailed
from contracts.broker.settings import Settings, SettingsError


def settings(issuer, **more):
    fields = {
        "base_url": ("https://broker.example.org",),
        "sign_in_issuer": issuer,
        "sign_in_client_id": CLIENT,
        "sign_in_client_secret": SECRET,
        "sign_in_permissions": GRANTS.read('{"shop": [{"role": "webhooks"}], "*": [{"role": "read"}]}'),
    }
    return Settings(**fields | more)


@pytest.fixture(scope="module")
def provider():
    with Provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def sign_in(provider):
    return SignIn(settings(provider.url), "https://broker.example.org/ui/sign-in/return")


@pytest.fixture
def finish(provider, sign_in):
    """Sign a person in with these claims; *more* differs from the provider's own answer."""

    def finish(more=None, **claims):
        url, attempt = sign_in.begin("/")
        answer = provider.sign_in(url, **({"sub": "42", "name": "Ann"} | claims))
        return sign_in.finish(attempt, answer | (more or {}))

    yield finish
    provider.token_claims, provider.claims_in_token = {}, True


def test_a_person_has_the_groups_that_permit_something(finish):
    person = finish(groups=["shop", "sales"])
    assert (person.subject, person.name, person.groups) == ("42", "Ann", ("shop", "*"))


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": None, "preferred_username": "ann"}, "ann"),
        ({"name": "", "email": "ann@example.org"}, "ann@example.org"),
        ({"name": None}, "42"),
        ({"name": "A\nn\x1bn"}, "Ann"),
        ({"name": "A" * 200}, "A" * 100),
    ],
)
def test_a_person_has_a_name(finish, claims, name):
    assert finish(**claims).name == name


def test_one_group_may_be_a_text(finish):
    assert finish(groups="shop").groups == ("shop", "*")


def test_only_texts_and_numbers_are_names_of_groups(provider):
    names = ["shop", "7", "True", "None", "['shop']", "{'name': 'shop'}"]
    permissions = GRANTS.read(json.dumps({each: [{"role": "admin"}] for each in names}))
    sign_in = SignIn(settings(provider.url, sign_in_permissions=permissions), "https://broker.example.org/return")
    for groups, allowed in (
        (["shop", 7, True, None, ["shop"], {"name": "shop"}], ("7", "shop")),
        (7, ("7",)),
        ({"name": "shop"}, ()),
        (True, ()),
    ):
        url, attempt = sign_in.begin("/")
        answer = provider.sign_in(url, sub="42", name="Ann", groups=groups)
        if allowed:
            assert tuple(sorted(sign_in.finish(attempt, answer).groups)) == allowed
        else:
            with pytest.raises(SignInFailed, match="no group"):
                sign_in.finish(attempt, answer)


def test_what_the_token_lacks_comes_from_the_user_info(finish, provider):
    provider.claims_in_token = False
    person = finish(groups=["shop"])
    assert (person.name, person.groups) == ("Ann", ("shop", "*"))


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({"nonce": "of another"}, "belongs to another sign-in"),
        ({"nonce": None}, "lacks the claim nonce"),
        ({"aud": "another-client"}, "for another audience"),
        ({"aud": [CLIENT, "another-client"], "azp": "another-client"}, "issued to another client"),
        ({"exp": 1}, "has expired"),
        ({"iss": "https://other.example"}, "it is not from"),
    ],
)
def test_a_token_for_something_else_is_refused(finish, provider, claims, problem):
    provider.token_claims = claims
    with pytest.raises(SignInFailed, match=problem):
        finish()


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"state": "of another"}, "belongs to another sign-in"),
        ({"iss": "https://other.example"}, "Another provider answered"),
        ({"error": "access_denied", "error_description": "Not today"}, "did not sign you in: Not today"),
        ({"code": "of another"}, "did not confirm the sign-in .*invalid_grant"),
    ],
)
def test_an_answer_to_something_else_is_refused(finish, answer, problem):
    with pytest.raises(SignInFailed, match=problem):
        finish(answer)


def test_a_code_is_of_no_use_without_its_verifier(provider, sign_in):
    url, attempt = sign_in.begin("/")
    _, other = sign_in.begin("/")
    answer = provider.sign_in(url, sub="42")
    with pytest.raises(SignInFailed, match="invalid_grant"):
        sign_in.finish(other, answer | {"state": other.state})
    assert attempt.verifier != other.verifier


def test_the_token_counts_more_than_the_user_info(finish, provider):
    provider.claims_in_token, provider.token_claims = False, {"name": "Signed"}
    assert finish(name="Other", groups=["shop"]).name == "Signed"


def test_a_provider_whose_pages_have_no_tls_is_refused(provider, monkeypatch):
    document = json.loads(provider.answers[DISCOVERY].body) | {"token_endpoint": "http://192.0.2.1/token"}
    monkeypatch.setitem(provider.answers, DISCOVERY, Reply(body=json.dumps(document).encode()))
    sign_in = SignIn(settings(provider.url), "https://broker.example.org/ui/sign-in/return")
    url, attempt = sign_in.begin("/")
    with pytest.raises(SignInFailed, match=r"http://192\.0\.2\.1/token is not a URL of HTTPS"):
        sign_in.finish(attempt, provider.sign_in(url, sub="42", name="Ann"))


def test_the_user_info_of_another_person_is_refused(finish, provider):
    provider.claims_in_token, provider.token_claims = False, {"sub": "43"}
    with pytest.raises(SignInFailed, match="described another person"):
        finish()


def test_a_person_without_a_group_is_refused(provider):
    few = settings(provider.url, sign_in_permissions=GRANTS.read('{"shop": [{"role": "read"}]}'))
    sign_in = SignIn(few, "https://broker.example.org/ui/sign-in/return")
    url, attempt = sign_in.begin("/")
    with pytest.raises(SignInFailed, match="Ann is in no group that may use this broker"):
        sign_in.finish(attempt, provider.sign_in(url, sub="42", name="Ann", groups=["sales"]))


def test_a_provider_that_cannot_be_reached_is_named():
    with Provider() as gone:
        gone.answers.clear()
        sign_in = SignIn(settings(gone.url), "https://broker.example.org/ui/sign-in/return")
        with pytest.raises(SignInFailed, match=r"Nobody can sign in at the moment: .*Try again later"):
            sign_in.begin("/")


def test_a_secret_comes_from_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    with Provider() as provider:
        from_file = settings(provider.url, sign_in_client_secret="", sign_in_client_secret_file=str(file))
        sign_in = SignIn(from_file, "https://broker.example.org/ui/sign-in/return")
        url, attempt = sign_in.begin("/")
        assert sign_in.finish(attempt, provider.sign_in(url, sub="42", name="Ann")).name == "Ann"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"sign_in_client_id": ""}, "incomplete, so nobody could sign in: set PACT_BROKER_SIGN_IN_CLIENT_ID too"),
        ({"sign_in_permissions": ()}, "set PACT_BROKER_SIGN_IN_PERMISSIONS too"),
        ({"sign_in_client_secret_file": __file__}, "has two secrets"),
        ({"sign_in_client_secret": "", "sign_in_client_secret_file": "/none"}, "SECRET_FILE cannot be read"),
        ({"sign_in_issuer": "http://issuer.example.org"}, "PACT_BROKER_SIGN_IN_ISSUER must be a URL of HTTPS"),
        ({"sign_in_issuer": "issuer"}, "PACT_BROKER_SIGN_IN_ISSUER must be a URL of HTTPS"),
        ({"base_url": ()}, "set PACT_BROKER_BASE_URL"),
    ],
)
def test_incomplete_settings_say_what_to_set(more, problem):
    with pytest.raises(SettingsError, match=problem):
        settings("https://issuer.example.org", **more)


def test_an_empty_file_has_no_secret(tmp_path):
    file = tmp_path / "secret"
    file.write_text(" ")
    empty = settings("https://issuer.example.org", sign_in_client_secret="", sign_in_client_secret_file=str(file))
    with pytest.raises(SettingsError, match="names an empty file"):
        SignIn(empty, "https://broker.example.org/ui/sign-in/return")


@pytest.mark.parametrize(
    "value",
    ["shop", "[]", '{"shop": []}', '{"shop": ["read"]}', '{"shop": [{"role": "owner"}]}', '{"shop": {"role": "read"}}'],
)
def test_permissions_of_groups_are_lists_of_permissions(value):
    with pytest.raises(SettingsError, match="PACT_BROKER_SIGN_IN_PERMISSIONS must be a JSON object such as"):
        Settings.from_environment({"PACT_BROKER_SIGN_IN_PERMISSIONS": value})
