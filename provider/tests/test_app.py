"""The responses of the provider, as whole documents; the needs of its consumers are in their pacts."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from provider.app import create_app


SENCHA = {
    "id": "2",
    "name": "Sencha, 100 g",
    "type": "tea",
    "price_cents": 1050,
    "units_in_stock": 12,
}
BEANS = {
    "id": "10",
    "name": "Beans, 1 kg",
    "type": "coffee",
    "price_cents": 2450,
    "units_in_stock": 0,
}
PATHS = ["/products", "/products/10", "/product/10", "/health"]


@pytest.fixture
def http(catalogue):
    with TestClient(create_app(catalogue)) as http:
        yield http


@pytest.fixture
def openapi(http):
    return http.get("/openapi.json").json()


def assert_problem(response, status, title, detail, kind="about:blank"):
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {"type": kind, "title": title, "status": status, "detail": detail}


def test_all_products_are_listed(http):
    response = http.get("/products")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == [SENCHA, BEANS]


@pytest.mark.parametrize(("product_type", "products"), [("tea", [SENCHA]), ("coffee", [BEANS]), ("Tea", [])])
def test_products_of_one_type_are_listed(http, product_type, products):
    response = http.get("/products", params={"type": product_type})
    assert response.status_code == 200
    assert response.json() == products


@pytest.mark.parametrize("path", ["/products/10", "/product/10"])
def test_one_product_is_shown_under_its_path_and_the_older_one(http, path):
    response = http.get(path)
    assert response.status_code == 200
    assert response.json() == BEANS


def test_health_is_up_while_the_catalogue_can_be_read(http):
    assert http.get("/health").json() == {"status": "up"}


@pytest.mark.parametrize("path", ["/products/99", "/product/99"])
def test_a_missing_product_is_a_problem_of_its_own_type(http, path):
    assert_problem(
        http.get(path),
        404,
        "Product not found",
        "The catalogue has no product with the id '99'.",
        kind="/problems/product-not-found",
    )


@pytest.mark.parametrize("path", PATHS)
def test_a_catalogue_that_cannot_be_read_fails_every_answer(http, catalogue, caplog, path):
    catalogue.path.write_text("[{")
    assert_problem(
        http.get(path),
        503,
        "Catalogue unavailable",
        "The catalogue cannot be read at the moment: try again later.",
        kind="/problems/catalogue-unavailable",
    )
    assert "EOF while parsing" in caplog.text, "only the log says why"


def test_a_path_that_does_not_exist_is_not_a_missing_product(http):
    assert_problem(http.get("/articles/10"), 404, "Not Found", "Not Found")


def test_an_unsupported_method_is_answered_with_the_supported_ones(http):
    response = http.post("/products")
    assert_problem(response, 405, "Method Not Allowed", "Method Not Allowed")
    assert response.headers["allow"] == "GET"


def test_an_empty_type_is_refused(http):
    detail = "query.type: String should have at least 1 character"
    assert_problem(http.get("/products?type="), 422, "Request not understood", detail)


def test_openapi_knows_every_path_and_marks_the_older_one(openapi):
    operations = {path: item["get"] for path, item in openapi["paths"].items()}
    assert sorted(operations) == [
        "/health",
        "/product/{product_id}",
        "/products",
        "/products/{product_id}",
    ]
    assert [path for path, each in operations.items() if each.get("deprecated")] == ["/product/{product_id}"]


def test_openapi_describes_the_document_of_every_failure(openapi):
    for path, item in openapi["paths"].items():
        responses = item["get"]["responses"]
        failures = ["404", "503", "default"] if "{product_id}" in path else ["503", "default"]
        assert sorted(responses) == ["200", *failures]
        for status in failures:
            ((media_type, content),) = responses[status]["content"].items()
            assert media_type == "application/problem+json"
            assert content["schema"]["required"] == ["type", "title", "status", "detail"]


def test_openapi_lists_the_fields_of_products(openapi):
    assert openapi["components"]["schemas"]["Product"]["required"] == list(BEANS)
