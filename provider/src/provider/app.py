"""The catalogue over HTTP: products as JSON, every failure as a problem document (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from provider.catalogue import Catalogue, CatalogueUnavailable, Product, ProductNotFound


logger = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"


class Health(BaseModel):
    """The catalogue can be read; if it cannot, the answer is a problem document."""

    status: Literal["up"]


class Problem(BaseModel):
    """Why a request failed."""

    type: Annotated[str, Field(description="The kind of problem, for programs.")]
    title: Annotated[str, Field(description="The kind of problem, in a few words.")]
    status: Annotated[int, Field(description="The HTTP status.")]
    detail: Annotated[str, Field(description="What happened this time.")]


def create_app(catalogue: Catalogue) -> FastAPI:
    """Return the application that serves *catalogue*."""
    app = FastAPI(
        title="Product catalogue",
        summary="The example provider of a contract.",
        version="1.0.0",
        responses={
            503: _documented("The catalogue cannot be read."),
            "default": _documented("This service does not answer such a request."),
        },
    )
    _answer_failures_with_problems(app)
    product_responses: dict[int | str, dict[str, Any]] = {404: _documented("The product does not exist.")}

    @app.get("/products")
    def list_products(
        product_type: Annotated[
            str | None,
            Query(alias="type", min_length=1, description="Only products of this type."),
        ] = None,
    ) -> tuple[Product, ...]:
        return catalogue.all(product_type=product_type)

    @app.get("/products/{product_id}", responses=product_responses)
    def show_product(product_id: str) -> Product:
        return catalogue.find(product_id)

    @app.get("/product/{product_id}", responses=product_responses, deprecated=True)
    def show_product_for_older_consumers(product_id: str) -> Product:
        return catalogue.find(product_id)

    @app.get("/health")
    def show_health() -> Health:
        catalogue.all()
        return Health(status="up")

    return app


def _documented(description: str) -> dict[str, Any]:
    """Describe a failure for OpenAPI, with its media type."""
    return {
        "description": description,
        "content": {PROBLEM_JSON: {"schema": Problem.model_json_schema()}},
    }


def _answer_failures_with_problems(app: FastAPI) -> None:
    """Map each error to its status and document."""

    @app.exception_handler(ProductNotFound)
    def _(_request: Request, error: ProductNotFound) -> JSONResponse:
        return _problem(404, "Product not found", str(error), kind="/problems/product-not-found")

    @app.exception_handler(CatalogueUnavailable)
    def _(_request: Request, error: CatalogueUnavailable) -> JSONResponse:
        logger.error("The catalogue cannot be read: %s", error.__cause__)
        return _problem(503, "Catalogue unavailable", str(error), kind="/problems/catalogue-unavailable")

    @app.exception_handler(RequestValidationError)
    def _(_request: Request, error: RequestValidationError) -> JSONResponse:
        reasons = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        return _problem(422, "Request not understood", "; ".join(reasons))

    @app.exception_handler(HTTPException)
    def _(_request: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        return _problem(error.status_code, phrase, error.detail, headers=error.headers)


def _problem(
    status: int,
    title: str,
    detail: str,
    *,
    kind: str = "about:blank",
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    problem = Problem(type=kind, title=title, status=status, detail=detail)
    return JSONResponse(problem.model_dump(), status, headers, PROBLEM_JSON)
