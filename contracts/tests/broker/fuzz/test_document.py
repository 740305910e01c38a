"""The API's document is true: the broker answers every request that it describes as it says."""

from __future__ import annotations

from functools import cache

import pytest
from asgi import Caller, RawRequest
from examples import TIMES, examples
from fuzzing import DATABASES
from hypothesis import given, settings

from contracts.broker import urls
from contracts.broker.api.openapi import OPENAPI
from contracts.broker.api.resources import Resource
from contracts.broker.app import create_app
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store.database import Database


APP = create_app(Runtime(settings=Settings(), database=Database("sqlite:///never-opened")))
OPERATIONS = [
    (method, route.operation.path)
    for route in APP.router.routes
    if isinstance(route, Resource) and route.operation.path != urls.TEST_ERROR
    for method in route.operation.methods
]


@cache
def document():
    """The document, which is the same over every database, as schemathesis reads it."""
    import schemathesis  # noqa: PLC0415, takes seconds to load, and only this test needs it

    with Caller(APP) as call:
        return schemathesis.openapi.from_dict(call(RawRequest(method="GET", path=OPENAPI.encode())).json())


# requests and responses do not depend on the database: the usual run is over one
@pytest.mark.thorough
@pytest.mark.parametrize("fuzzed", DATABASES if TIMES > 1 else DATABASES[:1], indirect=True)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_does_what_the_document_says(fuzzed, method, path):
    from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: PLC0415, as above

    @settings(max_examples=examples(1), deadline=None)
    @given(case=document()[path][method].as_strategy())
    def send(case):
        with fuzzed.restored():
            # a schema has no rule between fields, and no names that exist: a request that it allows may be refused
            case.call_and_validate(app=fuzzed.app, excluded_checks=[positive_data_acceptance])

    send()
