"""Publishing pacts: what is refused before anything is sent, and what is sent."""

from __future__ import annotations

import base64
import json

import pytest
from fake_broker import Answer, FakeBroker

from contracts.ci.publish import NotPublishable, publish, read
from contracts.client import Broker, Conflict, Refused, Unreachable, UsageError


@pytest.fixture
def fake():
    with FakeBroker() as fake:
        yield fake.with_index()


@pytest.fixture
def broker(fake):
    with Broker(fake.base_url) as broker:
        yield broker


@pytest.fixture
def write(tmp_path):
    folder = tmp_path / "pacts"
    folder.mkdir()

    def write(consumer="web", provider="api", name=None, content=None):
        path = folder / (name or f"{consumer}-{provider}.json")
        document = {"consumer": {"name": consumer}, "provider": {"name": provider}, "interactions": [{}]}
        path.write_text(json.dumps(document, indent=2) if content is None else content)
        return path

    return write


def accepted(*texts):
    notices = [{"type": "success", "text": text} for text in texts]
    return Answer(document={"notices": notices, "_links": {"pb:contracts": [{"href": "/pacts/1"}]}})


@pytest.mark.parametrize("content", [{}, {"interactions": []}, {"interactions": None, "messages": []}])
def test_a_pact_without_interactions_is_refused_unless_that_is_allowed(fake, broker, write, content):
    fake.on("POST", "/contracts/publish", accepted("published"))
    path = write(content=json.dumps({"consumer": {"name": "web"}, "provider": {"name": "api"}} | content))
    write(provider="stock")
    with pytest.raises(NotPublishable, match="has no interactions: web → api"):
        publish(broker, pact_files=[path.parent], version="1", branch=None)
    assert fake.requests == []
    assert len(publish(broker, pact_files=[path], version="1", branch=None, allow_empty=True).contracts) == 1


def test_the_pacts_of_a_consumer_are_published_in_one_request(fake, broker, write):
    fake.on("POST", "/contracts/publish", accepted("published"))
    path = write()
    write(provider="stock")
    published = publish(
        broker, pact_files=[path.parent], version="1f3a", branch="main", tags=("t",), build_url="https://ci/1"
    )
    [sent] = [request.json for request in fake.requests if request.method == "POST"]
    contents = [base64.b64decode(contract.pop("content")) for contract in sent["contracts"]]
    assert sent == {
        "pacticipantName": "web",
        "pacticipantVersionNumber": "1f3a",
        "branch": "main",
        "tags": ["t"],
        "buildUrl": "https://ci/1",
        "contracts": [
            {
                "consumerName": "web",
                "providerName": provider,
                "specification": "pact",
                "contentType": "application/json",
            }
            for provider in ("api", "stock")
        ],
    }
    assert contents[0] == path.read_bytes()
    assert [notice.text for notice in published.notices] == ["published"]
    assert published.pact_urls == ("/pacts/1",)
    assert [(each.consumer, each.provider) for each in published.contracts] == [("web", "api"), ("web", "stock")]


def test_each_consumer_gets_a_request_of_its_own(fake, broker, write):
    fake.on("POST", "/contracts/publish", accepted("one"), accepted("two"))
    published = publish(broker, pact_files=[write(), write(consumer="mobile")], version="1", branch=None)
    sent = [request.json for request in fake.requests if request.method == "POST"]
    assert [body["pacticipantName"] for body in sent] == ["mobile", "web"]
    assert "branch" not in sent[0]
    assert [notice.text for notice in published.notices] == ["one", "two"]


@pytest.mark.parametrize("version", ["", "  "])
def test_a_version_is_needed(broker, write, version):
    with pytest.raises(UsageError, match="A version is required"):
        publish(broker, pact_files=[write()], version=version, branch=None)


def refused(fake, broker, match, paths, **options):
    with pytest.raises(UsageError, match=match):
        publish(broker, pact_files=paths, version="1", branch=None, **options)
    assert fake.requests == []


def test_no_files_are_refused(fake, broker, tmp_path):
    refused(fake, broker, r"No pact files were found \(.*\)\. Run the consumer's pact tests first", [tmp_path])
    refused(fake, broker, r"No pact files were found \(no path given\)", [])
    refused(fake, broker, "The pact file or folder", [tmp_path / "absent"])


def test_a_file_that_cannot_be_read_is_refused(fake, broker, tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.mkdir()
    monkeypatch.setattr(type(path), "is_dir", lambda self: self != path)
    refused(fake, broker, "cannot be read: Is a directory", [path])


@pytest.mark.parametrize("content", ["", "{", "\x00"])
def test_a_file_that_is_not_json_is_refused(fake, broker, write, content):
    refused(fake, broker, r"web-api\.json is not JSON", [write(content=content)])


@pytest.mark.parametrize(
    ("content", "role"),
    [
        ("[]", "consumer"),
        ("{}", "consumer"),
        ('{"consumer": "web"}', "consumer"),
        ('{"consumer": {"name": " "}}', "consumer"),
        ('{"consumer": {"name": "web"}, "provider": {"name": 1}}', "provider"),
    ],
)
def test_a_file_that_is_not_a_pact_is_refused(fake, broker, write, content, role):
    refused(fake, broker, f"is not a pact: it does not name its {role}", [write(content=content)])


def test_a_pact_of_another_consumer_is_refused(fake, broker, write):
    refused(fake, broker, "is a pact of consumer 'mobile', but", [write(), write(consumer="mobile")], pacticipant="web")


def test_files_of_one_pair_are_published_as_one_pact(fake, broker, write):
    fake.on("POST", "/contracts/publish", accepted("published"))
    publish(broker, pact_files=[write(), write(name="old.json")], version="1", branch=None)
    [sent] = [request.json for request in fake.requests if request.method == "POST"]
    assert len(sent["contracts"]) == 1


def test_one_file_that_cannot_be_published_holds_back_all_others(fake, broker, write):
    folder = write().parent
    write(provider="stock", content='{"a": NaN}')
    refused(fake, broker, r"web-stock\.json is not JSON: NaN is not a JSON value", [folder])


@pytest.mark.parametrize(
    ("option", "value", "what"),
    [
        ("version", "1\n2", "The version '1.n2' cannot contain multiple lines"),
        ("version", "..", "cannot be dots alone"),
        ("version", "9" * 501, "cannot be longer than 500 characters"),
        ("branch", " ", "The branch ' ' cannot be blank"),
        ("tags", ["ok", "a\tb"], "The tag 'a.tb' cannot contain control characters"),
        ("build_url", "https://ci\nx", "The build URL .* contains a line break"),
    ],
)
def test_options_that_no_broker_takes_are_refused_before_anything_is_sent(fake, broker, write, option, value, what):
    options = {"version": "1", "branch": None, option: value}
    with pytest.raises(UsageError, match=what):
        publish(broker, pact_files=[write()], **options)
    assert fake.requests == []


def test_pacts_that_are_too_large_for_one_request_are_sent_in_several(fake, broker, write):
    fake.on("POST", "/contracts/publish", accepted("one"), accepted("two"))
    folder = write().parent
    write(provider="stock")
    published = publish(broker, pact_files=[folder], version="1", branch=None, most_request_bytes=30_000)
    sent = [request.json["contracts"] for request in fake.requests if request.method == "POST"]
    assert [[each["providerName"] for each in contracts] for contracts in sent] == [["api"], ["stock"]]
    assert [notice.text for notice in published.notices] == ["one", "two"]


def test_a_pact_that_is_too_large_for_any_request_is_refused_by_its_name(fake, broker, write):
    path = write()
    with pytest.raises(UsageError, match=r"web-api\.json is too large: its .* bytes take"):
        publish(broker, pact_files=[path], version="1", branch=None, most_request_bytes=20_000)
    assert fake.requests == []


def test_a_refusal_after_the_first_request_says_what_was_published(fake, broker, write):
    fake.on("POST", "/contracts/publish", accepted("one"), Answer(409, {"errors": {"contracts": ["differs"]}}))
    with pytest.raises(Conflict, match=r"Published before that: mobile → api\. Not published: web → api\."):
        publish(broker, pact_files=[write(), write(consumer="mobile")], version="1", branch=None)


def test_a_file_named_twice_is_read_once(write):
    path = write()
    assert len(read([path, path.parent])) == 1


def test_a_conflict_is_a_failure_with_the_brokers_notices(fake, broker, write):
    body = {"notices": [{"type": "error", "text": "differs"}], "errors": {"contracts": ["differs"]}}
    fake.on("POST", "/contracts/publish", Answer(409, body, content_type="application/json"))
    with pytest.raises(Conflict) as raised:
        publish(broker, pact_files=[write()], version="1", branch=None)
    assert [notice.text for notice in raised.value.notices] == ["differs"]


@pytest.mark.parametrize(("answer", "error"), [(Answer(401), Refused), (None, Unreachable)])
def test_a_broker_that_does_not_take_it_is_a_failure(fake, broker, write, answer, error):
    fake.on("POST", "/contracts/publish", answer)
    with pytest.raises(error):
        publish(broker, pact_files=[write()], version="1", branch=None)
