"""The rules for the body of a webhook; a response lists all errors."""

from __future__ import annotations

import pytest
from hooks import document

from contracts.model.webhooks import EVENTS


@pytest.fixture
def errors(http):
    """What is wrong with a webhook that is sent, by field; nothing where it is taken."""

    def errors(sent):
        response = http.post("/webhooks", json=sent)
        if response.status_code == 201:
            return {}
        assert response.status_code == 400
        return response.json()["errors"]

    return errors


URL = "http://127.0.0.1:9/x"
BLANK = ["cannot be blank"]


@pytest.mark.parametrize("sent", [{}, {"request": {}}, {"request": None}, {"events": [{"name": "contract_published"}]}])
def test_a_webhook_has_a_request(errors, sent):
    assert list(errors(sent)) == ["request"]


@pytest.mark.parametrize(
    ("method", "text"),
    [
        (None, "must be a string"),
        ("", "must be filled"),
        ("FETCH", "is not a recognised HTTP method"),
        ("GET", "must be one of: POST"),
    ],
)
def test_its_method_is_one_that_the_operator_allows(errors, method, text):
    assert errors(document(URL, request={"method": method})) == {"request.method": [text]}


def test_a_method_is_stored_as_it_was_written(http):
    response = http.post("/webhooks", json=document(URL, request={"method": "post"}))
    assert response.status_code == 201
    assert response.json()["request"]["method"] == "post"
    assert response.json()["description"] == "POST 127.0.0.1"


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("", "must be filled"),
        (5, "must be a string"),
        ("nonsense", "is not a valid URL"),
        ("http://", "is not a valid URL"),
        ("http://[x/", "is not a valid URL"),
        ("http://127.0.0.1:9/a b", "is not a valid URL"),
        ("http://127.0.0.1:9/ä", "is not a valid URL"),
        ("http://127.0.0.1:9/%zz", "is not a valid URL"),
        ("http://127.0.0.1:9/\n", "is not a valid URL"),
        ("http://127.0.0.1:99999/", "is not a valid URL"),
        (f"http://{'a' * 64}.example.org/", "is not a valid URL"),
        ("http://a..example.org/", "is not a valid URL"),
        ("ftp://127.0.0.1/x", "must begin with one of: http, https"),
        ("http://example.org/x", "must have one of the hosts: 127.0.0.1, localhost"),
        ("http://${pactbroker.consumerName}/x", "cannot have a template parameter in its host"),
        ("http://u:p@127.0.0.1/x", "cannot contain a user name"),
    ],
)
def test_its_address_leads_where_the_operator_allows(errors, url, text):
    problems = errors(document(url))
    assert list(problems) == ["request.url"]
    assert problems["request.url"][0].startswith(text)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/${pactbroker.unknown}?q=${other.x}#f", "HTTP://localhost", "https://127.0.0.1/%20[x]"]
)
def test_an_address_may_hold_templates_after_its_host(errors, url):
    assert errors(document(url)) == {}


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ("x", "must be a hash"),
        ({"a b": "c"}, "cannot contain the name 'a b'"),
        ({"": "c"}, "cannot contain the name ''"),
        ({"a": "b\r\nc: d"}, "cannot contain multiple lines (in a)"),
        ({"a": "b\x0bc"}, "cannot contain control characters (in a)"),
        ({"Host": "attacker.example"}, "cannot contain Host, which the broker sets itself"),
        ({"HOST": "attacker.example"}, "cannot contain HOST, which the broker sets itself"),
        ({"content-length": "4"}, "cannot contain content-length, which the broker sets itself"),
        ({"Content_Length": "4"}, "cannot contain Content_Length, which the broker sets itself"),
        ({"Transfer-Encoding": "chunked"}, "cannot contain Transfer-Encoding, which the broker sets itself"),
        ({"cOnnection": "close"}, "cannot contain cOnnection, which the broker sets itself"),
        ({"Expect": "100-continue"}, "cannot contain Expect, which the broker sets itself"),
        ({"TE": "trailers"}, "cannot contain TE, which the broker sets itself"),
    ],
)
def test_its_headers_can_be_sent(errors, headers, text):
    assert errors(document(URL, request={"headers": headers})) == {"request.headers": [text]}


@pytest.mark.parametrize(
    ("events", "texts"),
    [
        ([], ["size cannot be less than 1"]),
        ("x", ["must be an array"]),
        ([{}], ["name is missing (at index 0)"]),
        (
            [{"name": "contract_published"}, {"name": "nope"}],
            [
                f"name must be one of: {', '.join(EVENTS)} (at index 1)",
            ],
        ),
    ],
)
def test_its_events_are_known(errors, events, texts):
    assert errors(document(URL) | {"events": events}) == {"events": texts}


@pytest.mark.parametrize(
    ("side", "problems"),
    [
        ("Till", {"consumer": ["must be a hash"]}),
        ({}, {"consumer.name": BLANK}),
        ({"name": ""}, {"consumer.name": BLANK}),
        ({"label": " "}, {"consumer.name": BLANK}),
        ({"label": None}, {"consumer.name": BLANK}),
        ({"name": "Nobody"}, {"consumer.name": ["does not match an existing pacticipant"]}),
        ({"name": "Till", "label": "x"}, {"consumer.label": ["cannot be combined with a name. Use only one of them"]}),
        ({"name": 5}, {"consumer.name": ["must be a string"]}),
        ({"name": "Till"}, {}),
        ({"name": "Till", "label": ""}, {}),
        ({"label": "x"}, {}),
        (None, {}),
    ],
)
def test_a_side_is_one_application_that_is_there_or_a_label(http, errors, side, problems):
    http.post("/pacticipants", json={"name": "Till"})
    assert errors(document(URL, consumer=side)) == problems


@pytest.mark.parametrize(("username", "stored"), [(1, "1"), ("u", "u"), (1.5, "1.5")])
def test_a_user_name_may_be_sent_as_a_number(http, username, stored):
    created = http.post("/webhooks", json=document(URL, request={"username": username})).json()
    assert created["request"]["username"] == stored


@pytest.mark.parametrize("password", [True, [], {}])
def test_a_password_is_a_text(errors, password):
    assert errors(document(URL, request={"password": password})) == {"request.password": ["must be a string"]}


def test_every_error_is_reported(errors):
    sent = document("nonsense", request={"method": "FETCH"}, consumer={"name": "Nobody"}, provider={}, uuid="short")
    assert set(errors(sent | {"events": [], "enabled": "yes", "description": "a\nb"})) == {
        "request.method",
        "request.url",
        "consumer.name",
        "provider.name",
        "uuid",
        "events",
        "enabled",
        "description",
    }


def test_a_broken_rule_comes_before_an_answer_that_is_not_accepted(http):
    response = http.post("/webhooks", json=document(URL, consumer={"name": "Nobody"}), headers={"Accept": "text/csv"})
    assert response.status_code == 400


@pytest.mark.parametrize("uuid", ["short", "has space in it long", "dots.are.not.allowed.here"])
def test_a_chosen_uuid_keeps_its_rule(http, uuid):
    response = http.put(f"/webhooks/{uuid}", json=document(URL))
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["uuid"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"branches": "main"}, {"branches": ["must be an array"]}),
        ({"branches": [""]}, {"branches": ["must be filled (at index 0)"]}),
        ({"labels": ["a", 5]}, {"labels": ["must be a string (at index 1)"]}),
        ({"branches": ["a\nb"]}, {"branches": ["cannot contain multiple lines (at index 0)"]}),
        ({"branches": ["a"] * 101}, {"branches": ["has 101 elements. Send at most 100 at once"]}),
        ({"consumers": ["Nobody"]}, {"consumers": ["'Nobody' does not match an existing pacticipant (at index 0)"]}),
        (
            {"consumers": ["Till"], "consumer": {"name": "Till"}},
            {"consumers": ["cannot be combined with consumer. Use only one of them"]},
        ),
    ],
)
def test_limits_are_lists_of_names(http, errors, sent, expected):
    http.post("/pacticipants", json={"name": "Till"})
    assert errors(document(URL, **sent)) == expected


def test_limits_are_part_of_the_webhook_until_they_are_replaced_by_empty_lists(http):
    """A client that does not know them leaves them out, which must not make the webhook fire for more."""
    http.post("/pacticipants", json={"name": "Till"})
    limits = {"consumers": ["Till"], "branches": ["main", "release/*"], "labels": ["shop"]}
    created = http.post("/webhooks", json=document(URL, **limits)).json()
    assert {name: created[name] for name in limits} == limits
    href = created["_links"]["self"]["href"]
    assert {name: http.put(href, json=document(URL)).json()[name] for name in limits} == limits
    replaced = http.put(href, json=document(URL, branches=[], consumers=["Till"])).json()
    assert "branches" not in replaced
    assert (replaced["consumers"], replaced["labels"]) == (["Till"], ["shop"])
