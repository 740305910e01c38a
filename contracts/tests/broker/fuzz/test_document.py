"""The API's document tells the truth: whatever is sent by it, and against it, is answered as it says."""

from __future__ import annotations

import pytest
import schemathesis
from asgi import Asked, Caller
from fuzzing import DATABASES, TIMES, examples
from hypothesis import settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from contracts.broker import urls
from contracts.broker.api.openapi import OPENAPI
from contracts.broker.app import create_app
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store.database import Database


def served() -> schemathesis.BaseSchema:
    """The document, which is the same over every database, as schemathesis reads it."""
    with Caller(create_app(Runtime(settings=Settings(), database=Database("sqlite:///never-opened")))) as call:
        document = call(Asked(method="GET", path=OPENAPI.encode())).json()
    return schemathesis.openapi.from_dict(document).exclude(path=urls.TEST_ERROR)


described = served()


# what is sent and answered has nothing to do with the database: the usual run is over one
@pytest.mark.thorough
@pytest.mark.parametrize("fuzzed", DATABASES if TIMES > 1 else DATABASES[:1], indirect=True)
@described.parametrize()
@settings(max_examples=examples(1), deadline=None)
def test_an_operation_does_what_the_document_says(fuzzed, case):
    with fuzzed.restored():
        # a schema knows no rule between fields, and not which names there are: what it allows may still be refused
        case.call_and_validate(app=fuzzed.app, excluded_checks=[positive_data_acceptance])
