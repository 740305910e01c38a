"""What an HTTP answer means: a document, or an error that says what to do."""

from __future__ import annotations

import json

import pytest

from contracts.client import Conflict, Invalid, NotFound, Refused, UnexpectedAnswer, answers
from contracts.model.notices import Notice


def read(status, body=None, *, method="GET", content_type="application/hal+json;charset=utf-8", **options):
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    url = "http://b/x"
    return answers.read(method=method, url=url, status=status, content_type=content_type, content=content, **options)


@pytest.mark.parametrize("content_type", ["application/json", "APPLICATION/HAL+JSON; charset=utf-8"])
def test_a_json_object_is_the_document(content_type):
    assert read(200, {"a": 1}, content_type=content_type) == {"a": 1}


def test_a_delete_may_have_no_body():
    assert read(204, method="DELETE", content_type="") == {}


@pytest.mark.parametrize(
    ("body", "content_type", "named"),
    [
        (None, "", "no body"),
        (b"<html>Log in</html>", "text/html; charset=utf-8", "a body of type text/html"),
        (b"{}", "", "a body of type unknown"),
        (b"{", "application/json", "a body that is not JSON"),
        (b"[]", "application/json", "a body that is not a JSON object"),
        (b"\xff", "application/json", "a body that is not UTF-8"),
        (b'{"a":' * 100_000, "application/json", "a body that is not JSON: it nests too deeply"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "application/json", "a body that nests deeper than 200 levels"),
        (b'{"_links":' + b"9" * 5000 + b"}", "application/json", "a body that is not JSON: Exceeds the limit"),
        (b'{"a": "\\ud800"}', "application/json", "a body that holds half of a surrogate pair"),
    ],
)
@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_without_a_json_object_is_an_error(status, body, content_type, named):
    with pytest.raises(UnexpectedAnswer, match=named):
        read(status, body, method="PUT", content_type=content_type)


def test_the_message_of_the_broker_is_a_separate_sentence():
    for reason in ("because", "because."):
        with pytest.raises(Refused, match=r"The broker says: because\. Check"):
            read(401, {"error": reason})


@pytest.mark.parametrize(
    ("status", "error", "advice"),
    [
        (400, Invalid, "invalid"),
        (401, Refused, "Check PACT_BROKER_TOKEN"),
        (403, Refused, "may write"),
        (404, NotFound, "Not found"),
        (409, Conflict, "conflicts"),
        (422, Invalid, "invalid"),
        (406, UnexpectedAnswer, "status 406"),
        (500, UnexpectedAnswer, "Try again"),
    ],
)
def test_each_status_is_an_error_with_the_broker_s_message_and_advice(status, error, advice):
    with pytest.raises(error) as raised:
        read(status, {"error": "because"})
    assert advice in str(raised.value)
    assert "GET http://b/x" in str(raised.value)
    assert "The broker says: because" in str(raised.value)


def test_credentials_that_may_read_are_not_called_wrong():
    with pytest.raises(Refused, match=r"may read, but not write .*Use credentials that may write") as raised:
        read(401, {"error": "who?"}, method="POST", may_read=True)
    assert raised.value.status == 401


def test_a_refusal_keeps_its_status():
    with pytest.raises(Refused) as raised:
        read(403)
    assert raised.value.status == 403
    assert "The broker says" not in str(raised.value)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"error": "a"}, ["a"]),
        ({"error": {"message": "a", "reference": "x"}}, ["a"]),
        ({"error": {}}, []),
        ({"errors": ["a", "b", "a"]}, ["a", "b"]),
        ({"errors": "a"}, ["a"]),
        ({"errors": {"name": ["is missing", "is odd"], "": ["b"]}}, ["name: is missing", "name: is odd", "b"]),
        ({"errors": {"name": "is missing"}}, ["name: is missing"]),
        ({"title": "t", "detail": "d", "errors": [{"detail": "e", "pointer": "/x"}]}, ["e"]),
        ({"title": "t", "detail": "d"}, ["d"]),
        ({"title": "t"}, ["t"]),
        ({"error": 1, "errors": None, "title": " "}, []),
        ({}, []),
    ],
)
def test_every_form_of_error_document_is_read(document, message):
    assert answers.messages(document) == message


def test_an_invalid_request_carries_its_messages():
    with pytest.raises(Invalid) as raised:
        read(400, {"errors": {"environment": ["does not exist"]}})
    assert raised.value.messages == ("environment: does not exist",)


def test_a_conflict_carries_the_brokers_notices():
    body = {"notices": [{"type": "error", "text": "differs"}], "errors": {"contracts": ["x"]}}
    with pytest.raises(Conflict) as raised:
        read(409, body)
    assert raised.value.notices == (Notice(type="error", text="differs"),)
    with pytest.raises(Conflict) as raised:
        read(409, b"a  plain\ntext", content_type="text/plain")
    assert raised.value.notices == ()
    assert "The broker says: a plain text" in str(raised.value)


def test_pages_for_browsers_are_not_quoted():
    with pytest.raises(UnexpectedAnswer) as raised:
        read(500, b"<html>stack</html>", content_type="text/html")
    assert "stack" not in str(raised.value)


def test_a_long_text_is_cut():
    with pytest.raises(UnexpectedAnswer) as raised:
        read(500, b"x" * 5000, content_type="text/plain")
    assert len(str(raised.value)) < 600


def test_the_details_of_an_error_are_its_message():
    assert answers.messages({"error": "Not found", "detail": "There is no version '9' of 'Till'"}) == [
        "There is no version '9' of 'Till'"
    ]
    assert answers.messages({"error": {"message": "failed", "reference": "x"}, "detail": "y"}) == ["failed"]
