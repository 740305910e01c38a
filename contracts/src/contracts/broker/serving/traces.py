"""Traces for OpenTelemetry: a span for each request, and one for each attempt of a webhook.

The standard OTEL_* variables turn them on. Without them, nothing of OpenTelemetry is imported.
Source: OpenTelemetry specification, environment variables and semantic conventions for HTTP spans.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal


if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span


log = logging.getLogger(__name__)

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"
_PACKAGE = "pact-contracts"
_STOP_SECONDS = 2.0  # for the last spans; a collector that does not respond would take ten


class Traces:
    """Makes the spans of one process; *provider* exports them."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("contracts.broker", version(_PACKAGE))

    @contextmanager
    def span(
        self,
        name: str,
        kind: Literal["SERVER", "CLIENT"],
        attributes: Mapping[str, str | int],
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[Span]:
        """Provide a span that ends with the block; the `traceparent` of *headers* names its parent."""
        from opentelemetry import propagate, trace  # noqa: PLC0415, only if traces are on

        parent = propagate.extract(headers or {})
        with self._tracer.start_as_current_span(
            name, parent, kind=trace.SpanKind[kind], attributes=dict(attributes)
        ) as span:
            yield span


def failed(span: Span) -> None:
    """Mark *span* as an error."""
    from opentelemetry.trace import StatusCode  # noqa: PLC0415, only if traces are on

    span.set_status(StatusCode.ERROR)


@contextmanager
def exported(environ: Mapping[str, str]) -> Iterator[Traces | None]:
    """Provide the traces that *environ* asks for, which are exported until the block ends; None if it asks for none.

    The exporter reads the other OTEL_* variables itself, from the process's environment.
    """
    provider = _provider() if _is_on(environ) else None
    if provider is None:
        yield None
        return
    try:
        yield Traces(provider)
    finally:
        closing = threading.Thread(target=provider.shutdown, name="traces-end", daemon=True)
        closing.start()
        closing.join(_STOP_SECONDS)


def _is_on(environ: Mapping[str, str]) -> bool:
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporter = environ.get("OTEL_TRACES_EXPORTER") or ("otlp" if any(map(environ.get, _ENDPOINTS)) else "none")
    protocol = next(filter(None, map(environ.get, _PROTOCOLS)), _PROTOCOL)
    if exporter != "none" and (exporter != "otlp" or protocol != _PROTOCOL):
        log.warning("No traces are exported: the broker has only the exporter otlp with %s", _PROTOCOL)
        return False
    return exporter == "otlp"


def _provider() -> TracerProvider | None:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415, an extra
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        log.warning(
            "The OTEL_* variables ask for traces, but %s. To export them: pip install 'pact-contracts[otel]'; "
            "to go without them: OTEL_TRACES_EXPORTER=none",
            error,
        )
        return None
    service = {"service.name": "contracts-broker", "service.version": version(_PACKAGE)}
    resource = Resource.create({**service, **OTELResourceDetector().detect().attributes})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
