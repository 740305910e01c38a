"""A name may hold anything that fits on a line: every address that the broker gives leads to what is called so."""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode, urlsplit
from xml.etree import ElementTree as ET

import databases
import pytest
from asgi import Caller, RawRequest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.broker.app import create_app
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.model.names import problem


_JSON = (b"content-type", b"application/json")
_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30)
_RESERVED = st.text("/%+?#&=;:@!$'\"\\<>{}[]()* .~-_é\u00a0", min_size=1, max_size=8)
NAMES = (_LINE | _RESERVED).filter(lambda each: problem(each) is None)
WORDS = NAMES.map(lambda each: "".join(each.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One name of each kind."""

    consumer: str
    provider: str
    version: str
    branch: str
    tag: str
    label: str
    environment: str


NAMED = st.builds(
    Named,
    **dict.fromkeys(("consumer", "provider", "version", "branch", "tag", "label"), NAMES),
    environment=WORDS,
).filter(lambda each: each.consumer != each.provider)


class Client:
    """Follows links, as a client does; what is asked for must be there."""

    def __init__(self, call):
        self.call = call

    def __call__(self, method, href, document=None, *, accept="application/hal+json"):
        parts = urlsplit(href)
        request = RawRequest(
            method=method,
            path=parts.path.encode(),
            query=parts.query.encode(),
            headers=((b"accept", accept.encode()), *([] if document is None else [_JSON])),
            content=b"" if document is None else json.dumps(document).encode(),
        )
        answered = self.call(request)
        assert answered.status in {200, 201}, (request, answered)
        return answered

    def get(self, href):
        return self("GET", href).json()

    def badge(self, href):
        """A badge, which must be a whole SVG document."""
        drawn = ET.fromstring(self("GET", href, accept="image/svg+xml").content)  # noqa: S314, our own image
        assert drawn.tag == "{http://www.w3.org/2000/svg}svg"


def _link(document, relation, **values):
    href = document["_links"][relation]["href"]
    for name, value in values.items():
        href = href.replace("{" + name + "}", quote(value, safe=""))
    assert "{" not in href
    return href


def _publish(client, names):
    pact = {
        "consumer": {"name": names.consumer},
        "provider": {"name": names.provider},
        "interactions": [{"description": names.branch, "providerState": names.tag}],
    }
    contract = {
        "consumerName": names.consumer,
        "providerName": names.provider,
        "specification": "pact",
        "contentType": "application/json",
        "content": base64.b64encode(json.dumps(pact).encode()).decode(),
    }
    body = {
        "pacticipantName": names.consumer,
        "pacticipantVersionNumber": names.version,
        "branch": names.branch,
        "tags": [names.tag],
        "contracts": [contract],
    }
    published = client("POST", "/contracts/publish", body).json()
    (pact,), (tag,) = (published["_links"][name] for name in ("pb:contracts", "pb:pacticipant-version-tags"))
    assert client.get(pact["href"])["consumer"]["name"] == names.consumer
    assert client.get(tag["href"])["name"] == names.tag
    return published


def _put_at(client, names, pacticipant):
    """Put the version on the branch, tag it, label its application, and deploy it."""
    at = {"version": names.version}
    on_branch = client("PUT", _link(pacticipant, "pb:branch-version", **at, branch=names.branch), {}).json()
    assert client.get(_link(on_branch, "pb:branch"))["name"] == names.branch
    tag = client("PUT", _link(pacticipant, "pb:version-tag", **at, tag=names.tag), {}).json()
    assert client.get(_link(tag, "self"))["name"] == names.tag
    label = client("PUT", _link(pacticipant, "pb:label", label=names.label), {}).json()
    assert client.get(_link(label, "self"))["name"] == names.label
    version = client.get(_link(pacticipant, "pb:version", **at))
    assert version["number"] == names.version
    (deploy,) = (each for each in version["_links"]["pb:record-deployment"] if each["name"] == names.environment)
    deployed = client("POST", deploy["href"], {"applicationInstance": names.label}).json()
    assert client.get(_link(deployed, "self"))["applicationInstance"] == names.label


def _verify(client, names):
    question = {
        "providerVersionBranch": names.branch,
        "consumerVersionSelectors": [
            {"branch": names.branch, "consumer": names.consumer},
            {"tag": names.tag, "latest": True},
            {"deployed": True, "environment": names.environment},
        ],
    }
    address = f"/pacts/provider/{quote(names.provider, safe='')}/for-verification"
    (pact,) = client("POST", address, question).json()["_embedded"]["pacts"]
    pact = client.get(_link(pact, "self"))
    assert [each["name"] for each in pact["_links"]["pb:consumer-versions"]] == [names.version]
    result = {"success": True, "providerApplicationVersion": names.version}
    results = _link(pact, "pb:publish-verification-results")
    published = client("POST", results, result).json()
    assert client.get(_link(published, "self"))["providerApplicationVersion"] == names.version
    return client.get(_link(pact, "pb:provider"))


@pytest.mark.thorough
@settings(deadline=None, max_examples=examples(20))
@example(
    Named(
        consumer="Web shop/1?q=#a",
        provider="Stock+100%",
        version='1.0+a"b\\',
        branch="feat/ü & <x>",
        tag="a%2Fb.json",
        label="'😀'",
        environment="live/eu.svg",
    )
)
@given(NAMED)
@pytest.mark.parametrize("kind", [databases.SQLITES[0], databases.SQLITES[-1]])
def test_a_name_is_itself_at_every_address(tmp_path_factory, filled, kind, names):
    with pytest.MonkeyPatch.context() as patch:
        if kind == "newest sqlite":
            databases.use_newest_sqlite(patch)
        _require_names_are_themselves(tmp_path_factory, None if kind == "sqlite" else filled, names)


def _require_names_are_themselves(tmp_path_factory, statistics, names):
    url = f"sqlite:///{tmp_path_factory.mktemp('names') / 'broker.sqlite3'}"
    chosen = Settings(database_url=url, check_for_potential_duplicate_pacticipant_names=False)
    database = databases.create(url)
    if statistics is not None:
        statistics.put_into(database)
    with Caller(create_app(Runtime(settings=chosen, database=database))) as call:
        client = Client(call)
        client("POST", "/environments", {"name": names.environment, "production": True})
        consumer = client.get(_link(_publish(client, names), "pb:pacticipant"))
        _put_at(client, names, consumer)
        provider = _verify(client, names)
        assert (consumer["name"], provider["name"]) == (names.consumer, names.provider)
        _put_at(client, names, provider)

        question = {"version": names.version, "environment": names.environment}
        for name in (names.consumer, names.provider):
            answer = client.get(f"/can-i-deploy?{urlencode({'pacticipant': name} | question)}")
            assert answer["summary"]["deployable"] is True
            (row,) = answer["matrix"]
            assert client.get(_link(row["verificationResult"], "self"))["success"] is True
        to = {"branch": names.branch, "environment": names.environment}
        client.badge(_link(consumer, "pb:can-i-deploy-branch-to-environment-badge", **to))
        client.badge(_link(consumer, "pb:can-i-deploy-badge", tag=names.tag, environmentTag=names.tag))
        pact = _link(client.get(_link(row["pact"], "self")), "self")
        client.badge(f"{pact.partition('/version/')[0]}/latest/{quote(names.tag, safe='')}/badge")
        client("GET", pact, accept="text/html")
        (pair,) = client.get("/integrations")["_embedded"]["integrations"]
        matrix = client("GET", _link(pair, "pb:matrix"), accept="text/html").content.decode()
        leads = re.findall(r'href="([^"]+)"', matrix.partition("<tbody>")[2].partition("</tbody>")[0])
        addresses = [html.unescape(each) for each in leads]
        assert all(client("GET", each, accept="*/*") for each in addresses)
        shown = unquote(" ".join(addresses))
        assert all(each in shown for each in (names.consumer, names.provider, names.version, names.branch))
    database.dispose()
