"""The index: where every client starts."""

from __future__ import annotations


def test_every_relation_is_an_absolute_link(http):
    links = http.get("/").json()["_links"]

    assert links["self"]["href"] == "http://testserver"
    assert (
        (links["pb:provider-pacts-for-verification"]["href"])
        == "http://testserver/pacts/provider/{provider}/for-verification"
    )
    assert links["pb:provider-pacts-for-verification"]["templated"]


def test_no_document_is_a_404_with_a_reason(http):
    response = http.get("/nowhere")

    assert (
        response.status_code,
        response.headers["content-type"],
    ) == (404, "application/json;charset=utf-8")
    assert response.json()["error"]


def test_a_method_the_resource_lacks_is_a_405_that_lists_the_others(http):
    response = http.post("/")

    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_an_encoded_line_break_is_unprocessable(http):
    assert http.get("/pacticipants/a%0Ab").status_code == 422


def test_an_empty_path_component_is_a_problem(http):
    response = http.get("http://testserver//x")

    assert (
        response.status_code,
        response.headers["content-type"],
    ) == (404, "application/problem+json")
