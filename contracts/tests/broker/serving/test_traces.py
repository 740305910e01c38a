"""Traces: what spans say of requests and webhooks, what turns them on, and that they cost nothing when off."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading

import pytest
from estates import Estate
from hooks import add_webhook
from in_process import TestClient
from listeners import Listener, Reply, until
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from contracts.broker.app import create_app
from contracts.broker.serving import traces
from contracts.broker.serving.traces import Traces, exported
from contracts.broker.webhooks.worker import Worker


PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
ON = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}


@pytest.fixture
def spans(broker):
    """Return the finished spans of a broker whose traces are on."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    broker.traces = Traces(provider)
    yield exporter.get_finished_spans
    provider.shutdown()


@pytest.mark.parametrize(
    ("path", "status", "route"),
    [
        ("/pacticipants/A%2FB/versions/1?secret=x", 404, "/pacticipants/{pacticipant}/versions/{version}"),
        (
            "/pacticipants/A/main-branch/can-i-merge/badge.svg",
            200,
            "/pacticipants/{pacticipant}/main-branch/can-i-merge/badge",
        ),
        ("/ui/compare/A/1/2", 404, "/ui/compare/{pacticipant}/{version}/{other}"),
        ("/elsewhere", 404, None),
    ],
)
def test_a_request_is_a_span_with_its_route_status_and_id(broker, spans, path, status, route):
    with TestClient(create_app(broker)) as client:
        client.get(
            path,
            headers={"traceparent": PARENT, "X-Request-Id": "r1", "Accept": "text/html" if "/ui/" in path else "*/*"},
        )

    (span,) = spans()
    assert span.name == f"GET {route or ''}".strip()
    assert span.kind is SpanKind.SERVER
    assert f"{span.parent.trace_id:x}" == PARENT.split("-")[1]
    expected = {
        "http.request.method": "GET",
        "url.path": path.partition("?")[0],
        "url.scheme": "http",
        "http.response.status_code": status,
        "contracts.request_id": "r1",
    }
    assert dict(span.attributes) == expected | ({"http.route": route} if route else {})
    assert span.status.is_unset


def test_an_unexpected_error_is_the_span_s_error(broker, spans, monkeypatch):
    monkeypatch.setattr(type(broker.database), "reading", lambda _: 1 / 0)
    with TestClient(create_app(broker), raise_server_exceptions=False) as client:
        client.get("/pacticipants", headers={"Accept": "application/hal+json"})

    (span,) = spans()
    assert span.attributes["http.response.status_code"] == 500
    assert not span.status.is_ok
    assert not span.status.is_unset


@pytest.mark.parametrize(("path", "works"), [("/build", True), ("/missing", False)])
def test_an_attempt_of_a_webhook_is_a_span_without_its_url(broker, spans, path, works):
    with Listener() as listener:
        listener.answers[path] = Reply(status=200 if works else 503)
        webhook = add_webhook(broker, url=f"{listener.url}{path}?token=s3cret", events=("contract_published",))
        Estate(broker).publish("Till", "1", "a")
        worker = Worker(broker)
        worker.start()
        try:
            until(spans)
        finally:
            worker.stop()

    (span,) = spans()
    assert span.kind is SpanKind.CLIENT
    assert span.attributes["contracts.webhook.uuid"] == webhook.uuid
    assert span.status.is_unset is works
    assert "s3cret" not in span.to_json()


def test_spans_are_sent_to_the_collector_before_the_process_ends(monkeypatch):
    with Listener() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "our-broker")
        with exported({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}) as spans, spans.span("GET /labels", "SERVER", {}):
            pass
        (arrived,) = collector.wait_for(1)
    assert arrived.path == "/v1/traces"
    assert b"GET /labels" in arrived.body
    assert b"our-broker" in arrived.body


def test_a_collector_that_does_not_respond_does_not_keep_the_process_alive(monkeypatch):
    release = threading.Event()
    provider = TracerProvider(shutdown_on_exit=False)
    monkeypatch.setattr(provider, "shutdown", release.wait)
    monkeypatch.setattr(traces, "_provider", lambda: provider)
    monkeypatch.setattr(traces, "_STOP_SECONDS", 0.05)
    with exported(ON):
        pass  # the end of the block returns, though the provider does not
    release.set()


@pytest.mark.parametrize(
    ("environ", "on"),
    [
        ({}, False),
        (ON, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        (ON | {"OTEL_TRACES_EXPORTER": "none"}, False),
        (ON | {"OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_the_standard_variables_turn_traces_on(environ, on):
    assert traces._is_on(environ) is on


@pytest.mark.parametrize("other", [{"OTEL_TRACES_EXPORTER": "zipkin"}, ON | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}])
def test_another_exporter_is_a_warning(caplog, other):
    assert not traces._is_on(other)
    assert "only the exporter otlp with http/protobuf" in caplog.text


def test_without_the_extra_a_warning_says_how_to_install_it(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    caplog.set_level(logging.WARNING)
    with exported(ON) as spans:
        assert spans is None
    assert "pip install 'pact-contracts[otel]'" in caplog.text


@pytest.mark.thorough
def test_a_broker_without_traces_imports_nothing_of_opentelemetry():
    code = """
import sys
from contracts.broker.serving import server, traces
with traces.exported({}) as spans:
    assert spans is None
print([each for each in sys.modules if each.startswith("opentelemetry")])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
