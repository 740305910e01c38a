"""What each publication adds to the storage of an application."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.broker import urls
from contracts.broker.api.bodies import parse_object
from contracts.broker.api.calls import Call
from contracts.model.errors import Invalid


_IN_BODY = "pacticipantName"
_PACT = (urls.PACT, urls.PACT_PLURAL_ALIAS, urls.PACT_SINGULAR_ALIAS)

PUBLICATIONS: Mapping[tuple[str, str], str] = {
    **dict.fromkeys((("PUT", path) for path in _PACT), "consumer"),
    **dict.fromkeys((("PATCH", path) for path in _PACT), "consumer"),
    ("POST", urls.PUBLISH_CONTRACTS): _IN_BODY,
    ("POST", urls.RESULTS): "provider",
    ("POST", urls.RESULTS_METADATA): "provider",
}
"""By method and path, the parameter that names the application whose storage a publication takes."""


def require(call: Call, path_parameters: Mapping[str, str]) -> None:
    """Refuse *call* if its application would store too much.

    Raises:
        StorageFull: with what to remove.
    """
    parameter = PUBLICATIONS.get((call.request.method, call.operation.path))
    if parameter is None:
        return
    name = path_parameters.get(parameter) or _name_in(call.content)
    if name:
        call.runtime.storage.add(name, len(call.content))


def _name_in(content: bytes) -> str | None:
    try:
        name = parse_object(content).get(_IN_BODY)
    except Invalid:  # the handler says so
        return None
    return name if isinstance(name, str) else None
