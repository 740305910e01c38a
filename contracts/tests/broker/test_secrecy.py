"""Secrets that are planted in a broker are in nothing that it shows, logs, records or exports."""

from __future__ import annotations

import json
import logging
import re
from base64 import b64encode
from urllib.parse import quote

import pytest
from estates import Estate
from hooks import claim_due, document
from in_process import TestClient
from listeners import Listener, Reply

from contracts.broker.app import create_app
from contracts.broker.store import deliveries
from contracts.broker.webhooks.deadlines import Deadline
from contracts.broker.webhooks.worker import CLAIM, attempt
from contracts.cli.archive import export


NAMED = 'n4med/v&l"ue-é'
OWN = {"password": "0wn-p4ss/word", "header": "0wn-h3ader", "token": "ghp_0wnT0ken123"}
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON = {"Accept": "application/hal+json, application/json, */*"}
ABOUT_SECRETS = ("webhook", "/secret", "/audit")


def writings(secret):
    """The secret in the encodings in which it is most likely to appear."""
    data = secret.encode()
    texts = {secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], data.hex()}
    texts |= {json.dumps(secret, ensure_ascii=False)[1:-1], secret.replace("&", "&amp;").replace('"', "&#34;")}
    inner = {b64encode(b"x" * shift + data).decode()[shift + 1 : -4] for shift in range(3)}
    return texts | inner


PLANTED = {form for secret in (NAMED, *OWN.values()) for form in writings(secret)}


def leaks(text):
    return sorted(each for each in PLANTED if each in text)


@pytest.fixture
def listener():
    with Listener() as listener:
        yield listener


def plant(http, url):
    """Create a secret, and webhooks that use it in every place, beside credentials of their own."""
    assert http.post("/secrets", json={"name": "NAMED", "value": NAMED, "description": "planted"}).status_code == 201
    reference = "${user.NAMED}"
    requests = [
        {
            "url": f"{url}/echo/{reference}?q={reference}",
            "headers": {"X-Api-Key": OWN["header"], "X-Own": OWN["token"], "X-Plain": reference},
            "username": reference,
            "password": OWN["password"],
            "body": {"json": reference, "text": f"<a b='{reference}'/>"},
        },
        {
            "url": f"http://127.0.0.1:1/closed?q={reference}",
            "headers": {"Authorization": f"Bearer {reference}", "Content-Type": "application/x-www-form-urlencoded"},
            "body": f"field={reference}",
        },
    ]
    created = [http.post("/webhooks", json=document("x", request=each)) for each in requests]
    assert [each.status_code for each in created] == [201, 201]
    return created


def deliver(broker):
    """Attempt every delivery, as the worker does."""
    with broker.database.writing() as connection:
        claimed = claim_due(connection, broker.now(), CLAIM)
    assert claimed
    for each in claimed:
        execution, step = attempt(broker, each, Deadline(CLAIM.total_seconds()))
        with broker.database.writing() as connection:
            deliveries.record(connection, each.id, execution, step)


def crawl(client, headers, start):
    """Read everything that links lead to from *start*; yield each path with its text."""
    waiting, seen = list(start), set()
    while waiting:
        path = waiting.pop(0)
        if path in seen or path.startswith("/ui/requests?"):
            continue
        seen.add(path)
        text = client.get(path, headers=headers).text
        yield path, text
        links = re.findall(r'href": ?"(?:http://testserver)?(/[^"{]*)"', text) + re.findall(r' href="(/[^"{]*)"', text)
        addresses = {each.replace("&amp;", "&").partition("#")[0] for each in links}
        waiting += sorted(each for each in addresses if any(word in each for word in ABOUT_SECRETS))


def test_planted_secrets_are_in_no_response_page_log_record_or_export(broker, http, listener, caplog, tmp_path):
    caplog.set_level(logging.DEBUG, "contracts")  # as the option --log-level does
    listener.answers[f"/echo/{quote(NAMED, safe='')}"] = Reply(
        echo=True, headers={"X-Echo": "ECHO", "Set-Cookie": OWN["header"]}
    )
    created = plant(http, listener.url)
    texts = {"created": "".join(each.text for each in created)}
    Estate(broker).publish("Till", "1", "a")
    deliver(broker)
    for each in http.get("/webhooks").json()["_links"]["pb:webhooks"]:
        uuid = each["href"].rpartition("/")[2]
        texts[f"test of {uuid}"] = http.post(f"/webhooks/{uuid}/execute").text
        texts[f"refused change of {uuid}"] = http.put(f"/webhooks/{uuid}", json={"request": {"url": "x"}}).text
        texts[f"form of {uuid}"] = http.get(f"/ui/webhook/form?webhook={uuid}", headers=HTML).text
    start = ["/", "/webhooks", "/webhook-decisions?pacticipant=Till&version=1", "/secrets", "/audit", "/metrics"]
    with TestClient(create_app(broker)) as client:
        for headers in (JSON, HTML):
            texts |= {f"{headers['Accept'][:9]} {path}": text for path, text in crawl(client, headers, start)}
    export._write(broker.database, tmp_path / "file", lambda *_: None, None)
    texts |= {"export": (tmp_path / "file").read_text(), "log": caplog.text}
    texts["database"] = "".join(each.read_bytes().decode(errors="replace") for each in tmp_path.glob("*.sqlite3*"))

    # the secrets were used, and what was read is about them
    assert NAMED in listener.wait_for(1, "/echo")[0].body.decode() or NAMED in str(listener.arrived[0].json)
    assert any("Response: 200" in text for text in texts.values())
    assert any("Connection refused" in text for text in texts.values())
    assert len(texts) > 40
    assert {name: leaks(text) for name, text in texts.items() if leaks(text)} == {}
    # only the creation of a webhook shows its signing secret, and nothing shows a signature
    signatures = {each.headers["webhook-signature"].removeprefix("v1,") for each in listener.arrived}
    secrets = {each.json()["signingSecret"].removeprefix("whsec_") for each in created}
    assert signatures
    later = {name: text for name, text in texts.items() if name != "created"}
    assert [name for name, text in later.items() if any(each in text for each in secrets | signatures)] == []
