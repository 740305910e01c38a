import re

import pytest
import responses


@pytest.fixture
def answering():  # answers every request with one response, and returns the base URL
    def start(body, *, status=200, **headers):
        responses.get(re.compile("http://catalogue/.*"), body=body, status=status, headers=headers)
        return "http://catalogue"

    with responses.mock:
        yield start
