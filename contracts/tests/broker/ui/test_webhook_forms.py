"""The form that creates and edits a webhook."""

from __future__ import annotations

import html
import re

import pytest

from contracts.broker.store import webhooks


FORM = "/ui/webhook/form"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
SECRET = "s3cret-token"


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main")[2]))).strip()


def entries_of(markup):
    """The entries that a browser would send, as pairs of a name and a value."""
    form = markup.partition('id="webhook"')[2].partition("</form>")[0]
    entries = []
    for tag in re.findall(r"<input[^>]*>|<select.*?</select>|<textarea.*?</textarea>", form, re.DOTALL):
        name = re.search(r'name="(\w+)"', tag)[1]
        if tag.startswith("<select"):
            value = re.search(r"<option selected>([^<]*)", tag)[1]
        elif tag.startswith("<textarea"):
            value = re.search(r">\n(.*)</textarea>", tag, re.DOTALL)[1].replace("\n", "\r\n")
        elif 'type="checkbox"' in tag and " checked" not in tag:
            continue
        else:
            value = re.search(r'value="([^"]*)"', tag)[1]
        entries.append((name, html.unescape(value)))
    return entries


@pytest.fixture
def webhook(http, broker, publish):
    """A webhook with secrets and every limit; a function that reads it as it is stored."""
    publish("1")
    body = {
        "description": "Build api",
        "consumer": {"name": "web"},
        "branches": ["main", "release/*"],
        "labels": ["core"],
        "events": [{"name": "contract_published"}, {"name": "provider_verification_failed"}],
        "request": {
            "method": "POST",
            "url": "http://127.0.0.1:9/build",
            "headers": {"Authorization": f"Bearer {SECRET}", "X-Team": "shop"},
            "username": "robot",
            "password": f"password-{SECRET}",
            "body": {"pact": "${pactbroker.pactUrl}", "ü": [1.5, None]},
        },
    }
    uuid = http.post("/webhooks", json=body).json()["uuid"]

    def read():
        with broker.database.reading() as connection:
            return webhooks.find(connection, uuid)

    return read


@pytest.fixture
def send(http):
    """Open the form with a query, change entries, and send it with a button; a change to None removes the entry."""

    def send(query="", do="save", more=(), **changes):
        shown = http.get(f"{FORM}{query}", headers=BROWSER)
        assert shown.status_code == 200
        entries = [(name, changes.get(name, value)) for name, value in entries_of(shown.text)]
        data: dict[str, list[str]] = {"do": [do]}
        for name, value in [*entries, *more]:
            if value is not None:
                data.setdefault(name, []).append(value)
        return http.post(f"{FORM}{query}", data=data, headers=BROWSER, follow_redirects=False)

    return send


def test_saving_an_unchanged_form_changes_nothing_and_shows_no_secret(http, webhook, send):
    before = webhook()
    query = f"?webhook={before.uuid}"
    assert SECRET not in http.get(f"{FORM}{query}", headers=BROWSER).text

    response = send(query)

    assert (response.status_code, response.headers["location"]) == (303, f"/webhooks/{before.uuid}")
    after = webhook()
    assert (after.request, after.events, after.limits) == (before.request, before.events, before.limits)
    assert (after.consumer, after.provider, after.description) == (before.consumer, before.provider, "Build api")
    assert after.enabled


def test_fields_and_rows_replace_what_was_stored(broker, webhook, send):
    response = send(
        f"?webhook={webhook().uuid}",
        more=[("header_name", "Authorization"), ("header_value", "Bearer new"), ("events", "contract_content_changed")],
        url="http://127.0.0.1:9/other",
        header_name=None,
        header_value=None,
        username="",
        branches="",
        body="text with ${pactbroker.pactUrl}",
        enabled=None,
    )
    assert response.status_code == 303
    after = webhook()
    assert (after.request.url, after.request.username, after.request.password) == (
        "http://127.0.0.1:9/other",
        None,
        None,
    )
    clear = after.request.unsealed(broker.vault.decrypt)
    assert dict(clear.headers) == {"authorization": "Bearer new"}
    assert after.request.body == "text with ${pactbroker.pactUrl}"
    assert after.limits.branches == ()
    assert "contract_content_changed" in after.events
    assert not after.enabled


def test_a_reference_to_a_secret_is_shown_and_can_be_removed(http, webhook, send):
    created = http.post("/secrets", json={"name": "ci", "value": SECRET})
    assert created.status_code == 201, created.text
    query = f"?webhook={webhook().uuid}"
    header = [("header_name", "authorization"), ("header_value", "Bearer ${user.ci}")]
    response = send(query, more=header, header_name=None, header_value=None, password="${user.ci}")
    assert response.status_code == 303
    shown = http.get(f"{FORM}{query}", headers=BROWSER).text
    assert ("header_value", "Bearer ${user.ci}") in entries_of(shown)
    assert ("password", "${user.ci}") in entries_of(shown)
    assert send(query, password="").status_code == 303
    assert webhook().request.password is None


def test_an_error_is_beside_its_field_and_nothing_typed_is_lost(webhook, send):
    before = webhook()
    changes = {"url": "nowhere", "consumer": "nobody", "password": "typed", "body": "a\r\nb", "events": None}
    response = send(f"?webhook={before.uuid}", **changes)

    assert response.status_code == 400
    shown = html.unescape(response.text)
    for field, text in (
        ("url", "URL: is not a valid URL"),
        ("consumer", "Consumer: does not match an existing pacticipant"),
        ("events", "Events: choose at least one"),
    ):
        assert re.search(rf'id="problem-{field}">{text}', shown), field
        assert f'aria-describedby="problem-{field}"' in shown
    entries = dict(entries_of(response.text))
    assert {name: entries[name] for name in ("url", "consumer", "password", "body")} == {
        name: changes[name] for name in ("url", "consumer", "password", "body")
    }
    assert "Cache-Control" in response.headers
    assert webhook() == before


def test_a_secret_is_not_sent_to_another_host(webhook, send):
    response = send(f"?webhook={webhook().uuid}", url="http://127.0.0.1:10/build")
    assert response.status_code == 400
    assert "Headers: authorization is a secret of another scheme, host or port" in words(response.text)
    assert "Password: is a secret of another scheme" in words(response.text)
    assert SECRET not in response.text


@pytest.mark.parametrize(
    ("rows", "text"),
    [([("A", "1"), ("a", "2")], "a is there 2 times"), ([("", "lost")], "The value “lost” has no name")],
)
def test_a_header_that_json_cannot_say_is_refused(send, rows, text):
    more = [pair for name, value in rows for pair in (("header_name", name), ("header_value", value))]
    response = send("?service=raw&target=http://127.0.0.1:9/x", more=more)
    assert response.status_code == 400
    assert f"Headers: {text}." in words(response.text)


def test_a_draft_becomes_a_webhook(http, send, publish):
    publish("1")
    query = "?service=gitlab&target=shop/api&provider=api&branches=main+release/*"
    assert send(query, url="http://127.0.0.1:9/gitlab", do="preview").status_code == 200
    assert http.get("/webhooks").json()["_links"]["pb:webhooks"] == []
    response = send(query, url="http://127.0.0.1:9/gitlab")
    assert response.status_code == 303
    created = http.get(response.headers["location"]).json()
    assert (created["branches"], created["provider"]) == (["main", "release/*"], {"name": "api"})
    assert created["request"]["body"]["token"] == "TOKEN"


def test_buttons_preview_and_remove_a_row_without_saving(webhook, send):
    before = webhook()
    previewed = words(send(f"?webhook={before.uuid}", do="preview", url="http://127.0.0.1:9/seen").text)
    assert "contract_published of web 1 and api : ○ would not be sent" in previewed
    assert "http://127.0.0.1:9/seen" in previewed
    assert "<AUTHORIZATION>" in previewed
    removed = send(f"?webhook={before.uuid}", do="remove-0").text
    assert [value for name, value in entries_of(removed) if name == "header_name"] == ["x-team", ""]
    assert "The body is not JSON" in words(
        send(
            f"?webhook={before.uuid}", do="preview", body="{", header_name="content-type", header_value="text/json"
        ).text
    )
    assert webhook() == before


def test_a_form_from_elsewhere_changes_nothing(webhook, send):
    response = send(f"?webhook={webhook().uuid}", token="wrong", description="New")
    assert response.status_code == 403
    assert "did not come from this broker" in words(response.text)
    assert webhook().description == "Build api"


def test_a_missing_webhook_has_no_form(page):
    assert "Not found" in page(f"{FORM}?webhook=none", status=404)


def test_texts_of_the_form_do_not_become_markup(send):
    attack = '"><script>alert(1)</script>'
    shown = send("", description=attack, url=attack, body=f"</textarea>{attack}", header_name=attack).text
    assert "<script>alert" not in shown
    assert dict(entries_of(shown))["description"] == attack


def test_the_second_of_two_people_who_edit_sees_both_states_and_loses_nothing(http, webhook, clock):
    query = f"?webhook={webhook().uuid}"
    first, second = (entries_of(http.get(f"{FORM}{query}", headers=BROWSER).text) for _ in range(2))

    def save(opened, do="save", **changes):
        clock.forward(seconds=1)
        data = {}
        for name, value in opened:
            data.setdefault(name, []).append(changes.get(name, value))
        return http.post(f"{FORM}{query}", data=data | {"do": do}, headers=BROWSER, follow_redirects=False)

    assert save(first, url="http://127.0.0.1:9/first", password=f"new-{SECRET}").status_code == 303
    previewed = save(second, do="preview")
    assert dict(entries_of(previewed.text))["revision"] == dict(second)["revision"]
    late = save(second, url="http://127.0.0.1:9/second")

    assert late.status_code == 409
    assert webhook().request.url == "http://127.0.0.1:9/first"
    text = words(late.text)
    assert "Someone else has changed this webhook since you opened the form. Nothing was saved." in text
    assert "URL http://127.0.0.1:9/first http://127.0.0.1:9/second" in text
    assert SECRET not in late.text
    assert save(entries_of(late.text)).status_code == 303
    assert webhook().request.url == "http://127.0.0.1:9/second"
    assert save(second).status_code == 409


def test_a_webhook_that_someone_else_has_deleted_leaves_the_typed_fields(http, webhook):
    query = f"?webhook={webhook().uuid}"
    opened = dict(entries_of(http.get(f"{FORM}{query}", headers=BROWSER).text)) | {"do": "save", "description": "Mine"}
    http.delete(f"/webhooks/{webhook().uuid}")

    late = http.post(f"{FORM}{query}", data=opened, headers=BROWSER, follow_redirects=False)
    assert late.status_code == 409
    assert "Someone else has deleted this webhook" in late.text
    assert dict(entries_of(late.text))["description"] == "Mine"
    assert f'action="{FORM}"' in late.text
