"""The client, with answers that no contract allows, and without an answer."""

from __future__ import annotations

import socket

import pytest

from consumer.client import ProductClient
from consumer.errors import CatalogueUnavailable, UnexpectedAnswer


@pytest.fixture
def silent():
    """The URL of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("base_url", ["", "localhost:8000", "ftp://127.0.0.1", "http://", "file:///etc/hosts"])
def test_a_base_url_that_is_not_an_http_url_is_refused(base_url):
    with pytest.raises(ValueError, match="is not a catalogue URL"):
        ProductClient(base_url)


@pytest.mark.parametrize("timeout_seconds", [0, -1, float("nan")])
def test_a_timeout_that_leaves_no_time_is_refused(timeout_seconds):
    with pytest.raises(ValueError, match="Use more than 0"):
        ProductClient("http://127.0.0.1", timeout_seconds=timeout_seconds)


def test_a_catalogue_that_does_not_answer_in_time_is_unavailable(silent):
    with pytest.raises(CatalogueUnavailable, match=r"gave no answer within 0\.05 s"):
        ProductClient(silent, timeout_seconds=0.05).all()


def test_a_catalogue_that_does_not_run_is_unavailable():
    with socket.socket() as never_listening:
        never_listening.bind(("127.0.0.1", 0))
        port = never_listening.getsockname()[1]
        with pytest.raises(CatalogueUnavailable, match="is the catalogue running there"):
            ProductClient(f"http://127.0.0.1:{port}").all()


@pytest.mark.parametrize("body", [b"<h1>Bad gateway</h1>", b"[]", b"{}"])
def test_a_failure_without_a_problem_document_names_its_status(answering, body):
    with pytest.raises(CatalogueUnavailable, match=r"/products answered 502$"):
        ProductClient(answering(body, status=502)).all()


def test_a_list_with_another_status_is_unexpected(answering):
    with pytest.raises(UnexpectedAnswer, match="answered 206 instead of 200"):
        ProductClient(answering(b"[]", status=206)).all()


def test_an_answer_that_is_not_json_is_quoted(answering):
    with pytest.raises(UnexpectedAnswer, match="other than JSON: '<h1>Welcome</h1>'"):
        ProductClient(answering(b"<h1>Welcome</h1>")).find("10")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"type": "about:blank", "detail": "Not Found"}'])
def test_a_wrong_address_is_not_a_missing_product(answering, body):
    with pytest.raises(UnexpectedAnswer, match="answered 404"):
        ProductClient(answering(body, status=404)).find("10")


def test_a_redirect_to_an_unusable_address_is_unexpected(answering):
    with pytest.raises(UnexpectedAnswer, match="could not be read"):
        ProductClient(answering(b"[]", status=302, location="gopher://elsewhere")).all()


@pytest.mark.parametrize("product_id", ["a/b", "a?b", "ü 1", "%2F"])
def test_an_id_is_one_segment_of_the_path_with_any_characters(answering, product_id):
    with pytest.raises(UnexpectedAnswer) as caught:
        ProductClient(answering(b"", status=404)).find(product_id)
    assert "/products/" in str(caught.value)
