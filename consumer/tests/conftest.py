import re

import pytest
import responses


@pytest.fixture
def answering():  # answers every request with one response, and returns the base URL
    with responses.RequestsMock(assert_all_requests_are_fired=False) as catalogue:

        def start(body, *, status=200, **headers):
            catalogue.get(re.compile("http://catalogue/.*"), body=body, status=status, headers=headers)
            return "http://catalogue"

        yield start
