"""The act of a request, for the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.types import Scope

from contracts.broker import urls
from contracts.broker.api.calls import Call
from contracts.broker.api.permissions import IDENTITY
from contracts.broker.serving.logs import request_id
from contracts.model.audit import ANONYMOUS, Act, Kind
from contracts.model.errors import Invalid
from contracts.model.permissions import Identity


OPERATION = "contracts.operation"
"""The key of a scope for the `Attempt`, which the route fills in."""

CLAIMED = "contracts.claimed"
"""The key of a scope for whose credentials were wrong, as far as that can be said."""

_IN_BODY = ("name", "note", "pacticipantName", "pacticipantVersionNumber", "branch")
_MOST_CHARACTERS = 255
_USUAL = {"POST": 201, "DELETE": 204}
_SUCCESSES: Mapping[tuple[str, str], int] = {
    ("POST", urls.PUBLISH_CONTRACTS): 200,
    ("POST", urls.VERIFICATION_STARTED): 200,
    ("POST", urls.VERIFICATION_JOB): 200,
}
"""The status of a change whose response is made after its transaction, where it is not the usual one of its method."""

_METADATA = "metadata"


@dataclass(slots=True)
class Attempted:
    """The operation that a request attempts: its method, the template of its path, and the names in it."""

    method: str
    resource: str = ""
    names: Mapping[str, str] | None = None


def attempt(scope: Scope, method: str, resource: str, parameters: Mapping[str, str]) -> None:
    """Note the operation of a request, also of one that a page sends for it."""
    attempted: Attempted | None = scope.get(OPERATION)
    if attempted is not None:
        attempted.method, attempted.resource, attempted.names = method, resource, names(parameters)


def change(call: Call, parameters: Mapping[str, str]) -> Act:
    """Return the act of *call*, with the names in its path, and those in its body that say what it is about."""
    try:
        body = call.json_object(empty=True) if call.operation.body is not None else {}
    except Invalid:  # the handler says so
        body = {}
    in_body = {each: body[each] for each in _IN_BODY if isinstance(body.get(each), str)}
    return of(
        call.request.scope,
        call.now(),
        Kind.CHANGE,
        Attempted(call.request.method, call.operation.path, {**names(in_body), **names(parameters)}),
        _success(call.request.method, call.operation.path),
    )


def _success(method: str, path: str) -> int:
    """Return the status of a change, unless its response is made within its transaction (see `Call.hal`)."""
    return _SUCCESSES.get((method, path), _USUAL.get(method, 200))


def of(scope: Scope, now: datetime, kind: Kind, attempted: Attempted, status: int | None = None) -> Act:
    """Return the act of a request with this *scope*."""
    identity: Identity | None = scope.get(IDENTITY)
    claimed = {"credentials": scope[CLAIMED]} if CLAIMED in scope else {}
    return Act(
        kind=kind,
        at=now,
        subject=ANONYMOUS if identity is None else identity.subject or identity.name,
        actor=ANONYMOUS if identity is None else identity.name,
        method=attempted.method,
        resource=attempted.resource,
        names={**(attempted.names or {}), **claimed},
        status=status,
        address=(scope.get("client") or ("", 0))[0],
        request_id=request_id.get() or "",
    )


def names(values: Mapping[str, str]) -> dict[str, str]:
    """Return *values* as an entry has them: the beginning of long ones, and no metadata, which repeats others."""
    return {name: value[:_MOST_CHARACTERS] for name, value in values.items() if name != _METADATA}
