"""The first thing that happens to a request."""

from __future__ import annotations

import pytest
from asgi import Caller, RawRequest


@pytest.mark.parametrize("path", ["/", "/nowhere", "/diagnostic/status/heartbeat", "/pacticipants/a%0Ab"])
def test_every_answer_carries_the_broker_s_headers(http, path):
    headers = http.get(path).headers

    assert headers["x-pact-broker-version"]
    assert (headers["vary"], headers["cache-control"]) == ("Accept", "no-cache")
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/pacticipants/a%0Ab", "/pacticipants/a%0ab", "/pacticipants/a%09b", "/pacticipants/a%00b"]
)
def test_an_encoded_line_break_tab_or_null_is_unprocessable(http, path):
    assert http.get(path).status_code == 422


@pytest.mark.parametrize("path", ["/pacticipants/a%FF", "/pacticipants/%ED%A0%80", "/pacticipants/a%C3/labels/b"])
def test_an_address_that_is_not_utf_8_is_unprocessable(http, path):
    response = http.put(path)

    assert (response.status_code, response.json()["detail"]) == (422, "The URL is not UTF-8")


@pytest.mark.parametrize("accept", ["text/html", "application/hal+json"])
def test_a_query_with_a_null_character_is_unprocessable_for_people_and_programs(http, accept):
    response = http.get("/?q=a%00b", headers={"Accept": accept})

    assert (response.status_code, "null character" in response.json()["detail"]) == (422, True)


def test_a_query_that_is_not_utf_8_is_unprocessable(http):
    with Caller(http.app) as call:
        assert call(RawRequest(method="GET", path=b"/environments", query=b"name=\xff")).status == 422


@pytest.mark.parametrize("path", ["/pacticipants/A/versions/1/tags/{}", "/pacticipants/{}/labels/b"])
def test_a_name_that_no_index_could_hold_is_refused(http, path):
    assert http.put(path.format("é" * 500)).status_code == 201

    response = http.put(path.format("é" * 501))

    (texts,) = response.json()["errors"].values()
    assert (response.status_code, texts) == (400, ["cannot be longer than 500 characters"])


def test_one_trailing_slash_is_tolerated(http):
    assert http.get("/diagnostic/status/heartbeat/").status_code == 200


def test_a_name_with_a_slash_stays_one_name(http):
    http.put("/pacticipants/a%2Fb%20c/branches/feat%2Fx%2By/versions/1%2F2", json={})

    branch = http.get("/pacticipants/a%2Fb%20c/branches/feat%2Fx%2By").json()

    assert branch["name"] == "feat/x+y"
    assert branch["_links"]["self"]["href"] == "http://testserver/pacticipants/a%2Fb%20c/branches/feat%2Fx%2By"


def test_a_badge_may_be_asked_for_as_svg(http):
    response = http.get("/pacts/provider/P/consumer/C/latest/badge.svg", headers={"Accept": "text/html"})

    assert response.headers["content-type"].startswith("image/svg+xml")


def test_a_name_may_end_like_a_file(http):
    http.post("/pacticipants", json={"name": "data.json"})

    assert http.get("/pacticipants/data.json").json()["name"] == "data.json"


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/pacticipants.json", 200, "application/hal+json"),
        ("/relationships.csv", 200, "text/csv"),
        ("/integrations.json", 200, "application/hal+json"),
        ("/groups/data.json.csv", 200, "text/csv"),
        ("/pacticipants.yaml", 406, ""),
        ("/pacticipants.svg", 406, ""),
        ("/openapi.json", 200, "application/json"),
        ("/nowhere.json", 404, "application/json"),
    ],
)
def test_an_extension_means_a_type_unless_a_name_ends_with_it(http, path, status, kind):
    http.post("/pacticipants", json={"name": "data.json"})

    response = http.get(path, headers={"Accept": "text/csv"})

    assert (response.status_code, response.headers.get("content-type", "").partition(";")[0]) == (status, kind)
