"""`/openapi.json`."""

from __future__ import annotations

from contracts.broker import urls


def test_every_path_is_documented_with_its_parameters(http):
    document = http.get("/openapi.json").json()

    shown = document["paths"][urls.BRANCH_VERSION]
    assert set(shown) == {"get", "put", "delete"}
    assert [each["name"] for each in shown["get"]["parameters"]] == ["pacticipant", "branch", "version"]


def test_a_body_is_documented_in_one_piece(http):
    document = http.get("/openapi.json").json()

    schema = document["paths"][urls.ENVIRONMENTS]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["contacts"]["items"]["properties"]["name"]["type"] == "string"
    assert "$ref" not in str(schema)


def test_the_parameters_of_a_query_are_documented(http):
    paths = http.get("/openapi.json").json()["paths"]

    (excluded,) = paths[urls.BRANCHES]["delete"]["parameters"][1:]
    assert (excluded["name"], excluded["in"], excluded["schema"]["type"]) == ("exclude[]", "query", "array")
    sizes = {each["name"]: each["schema"] for each in paths[urls.LABELS]["get"]["parameters"]}
    assert sizes["size"] == {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}


def test_every_refusal_is_documented_with_its_reason(http):
    document = http.get("/openapi.json").json()

    for operations in document["paths"].values():
        for operation in operations.values():
            assert {"2XX", "400", "404", "409", "422"} <= set(operation["responses"])
    reasons = document["components"]["responses"]["BadRequest"]["content"]["application/json"]["schema"]["anyOf"]
    assert {"required": ["errors"]} in reasons


def test_an_operation_that_takes_any_object_says_so_and_one_without_body_has_none(http):
    shown = http.get("/openapi.json").json()["paths"]

    assert shown[urls.PACT]["put"]["requestBody"]["content"]["application/json"]["schema"]["type"] == "object"
    assert "requestBody" not in shown[urls.VERSION_TAG]["put"]


def test_operations_have_names_of_their_own(http):
    paths = http.get("/openapi.json").json()["paths"]
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]

    assert len(names) == len(set(names))
