"""The HTTP server for programs of this machine."""

from __future__ import annotations

import threading

import pytest
import requests

from contracts import loopback
from contracts.loopback import LoopbackResponse


def test_a_request_reaches_the_function_and_its_document_comes_back():
    requested = []

    def respond(request):
        requested.append((request.path, request.headers["X-Word"], request.content))
        return LoopbackResponse(status=201, document={"ä": 1})

    with loopback.serving(respond, name="test") as url:
        response = requests.post(f"{url}/a?b=%20", data=b"c", headers={"X-Word": "d"}, timeout=60)

    assert requested == [("/a?b=%20", "d", b"c")]
    assert (response.status_code, response.json()) == (201, {"ä": 1})


def test_a_response_without_a_document_has_no_body():
    with loopback.serving(lambda _: LoopbackResponse(status=204), name="test") as url:
        response = requests.post(url, timeout=60)

    assert (response.status_code, response.content, "Content-Type" in response.headers) == (204, b"", False)


def test_two_requests_are_processed_at_the_same_time():
    both = threading.Barrier(2)

    def respond(_):
        both.wait(timeout=60)
        return LoopbackResponse()

    with loopback.serving(respond, name="test") as url:
        statuses = []
        other = threading.Thread(target=lambda: statuses.append(requests.post(url, timeout=60).status_code))
        other.start()
        statuses.append(requests.post(url, timeout=60).status_code)
        other.join()

    assert statuses == [200, 200]


def test_after_the_block_nothing_listens_and_the_thread_has_ended():
    with loopback.serving(lambda _: LoopbackResponse(), name="only-here") as url:
        assert any(each.name == "only-here" for each in threading.enumerate())

    assert not any(each.name == "only-here" for each in threading.enumerate())
    with pytest.raises(requests.ConnectionError):
        requests.post(url, timeout=60)
