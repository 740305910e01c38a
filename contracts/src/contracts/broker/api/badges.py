"""Badges: images for a README that say whether a pact is verified, or a version can be deployed or merged.

A badge is never an error: if something does not exist, the badge says so.
Source: Pact Broker protocol, badges.
"""

from __future__ import annotations

import logging
import secrets
import string
from collections.abc import Callable
from functools import wraps

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import decide
from contracts.broker.api import queries
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import SVG
from contracts.broker.api.resources import Handler, Resources
from contracts.broker.store import badges as results
from contracts.broker.store import pacts
from contracts.broker.store.database import Connection
from contracts.model import badges
from contracts.model.badges import Badge, LastResult, Title
from contracts.model.criteria import Tagged
from contracts.model.errors import NotFound, Unavailable
from contracts.model.matrix import MatrixQuestion, Selector, VersionFilter
from contracts.model.matrix_rows import LatestBy


log = logging.getLogger(__name__)

_LABEL = queries.texts("label")
_TITLE = queries.texts("label", "initials")


def _drawn(judge: Callable[..., Badge]) -> Handler:
    """Return a handler that draws the badge of *judge*, or a badge that says what is missing or failed."""

    @wraps(judge)
    def handler(call: Call, **parameters: str) -> Response:
        with call.reading() as connection:
            try:
                badge = judge(call, connection, **parameters)
            except decide.Absent as absent:
                badge = badges.not_found(absent.what)
            except NotFound:
                badge = badges.PACT_NOT_FOUND
            except Unavailable:
                raise
            except Exception:
                reference = "".join(secrets.choice(string.ascii_letters) for _ in range(10))
                log.exception("The badge at %s failed, reference %s", call.request.url.path, reference)
                badge = badges.failed(reference)
        return Response(badges.draw(badge), media_type=SVG)

    return handler


routes = Resources("badges")


@routes.get(urls.PACT_BADGE, query=_TITLE, provides=(SVG,))
@_drawn
def draw_pact_badge(call: Call, connection: Connection, provider: str, consumer: str) -> Badge:
    pact = pacts.find_latest(connection, provider, consumer)
    return badges.of_pact(_title(call, consumer, provider), results.last_result(connection, pact))


@routes.get(urls.PACT_TAG_BADGE, query=_TITLE, provides=(SVG,))
@_drawn
def draw_tagged_pact_badge(call: Call, connection: Connection, provider: str, consumer: str, tag: str) -> Badge:
    pact = pacts.find_latest(connection, provider, consumer, tag=tag)
    return badges.of_pact(_title(call, consumer, provider), results.last_result_with_tag(connection, pact, tag))


@routes.get(urls.PACT_UNTAGGED_BADGE, query=_TITLE, provides=(SVG,))
@_drawn
def draw_untagged_pact_badge(call: Call, connection: Connection, provider: str, consumer: str) -> Badge:
    pact = pacts.find_untagged(connection, provider, consumer)
    return badges.of_pact(_title(call, consumer, provider), results.last_result_untagged(connection, pact))


@routes.get(urls.MATRIX_BADGE, query=_TITLE, provides=(SVG,))
@_drawn
def draw_matrix_badge(
    call: Call,
    connection: Connection,
    provider: str,
    providerTag: str,  # noqa: N803, the path's word
    consumer: str,
    tag: str,
) -> Badge:
    pacts.find_latest(connection, provider, consumer, tag=tag)
    success = _success(connection, _latest_with(consumer, tag), _latest_with(provider, providerTag))
    last = None if success is None else LastResult(success=success, pending=False, current=True)
    return badges.of_pact(_title(call, consumer, provider, tag, providerTag), last)


@routes.get(urls.CAN_I_DEPLOY_TAG_BADGE, query=_LABEL, provides=(SVG,))
@_drawn
def draw_can_i_deploy_tag_badge(call: Call, connection: Connection, pacticipant: str, tag: str, to: str) -> Badge:
    answer = decide.from_tag(connection, pacticipant, tag, to)
    return badges.of_deployment(_parameter(call, "label"), tag, to, answer.verdict)


@routes.get(urls.CAN_I_DEPLOY_BRANCH_BADGE, query=_LABEL, provides=(SVG,))
@_drawn
def draw_can_i_deploy_branch_badge(
    call: Call, connection: Connection, pacticipant: str, branch: str, environment: str
) -> Badge:
    answer = decide.from_branch(connection, pacticipant, branch, environment, policy=call.runtime.settings.policy)
    return badges.of_deployment(_parameter(call, "label"), branch, environment, answer.verdict)


@routes.get(urls.CAN_I_MERGE_BADGE, query=_LABEL, provides=(SVG,))
def draw_can_i_merge_badge(call: Call, pacticipant: str) -> Response:
    @_drawn
    def merge(_: Call, connection: Connection) -> Badge:
        return badges.of_merge(decide.can_i_merge(connection, pacticipant).verdict)

    response = merge(call)
    response.headers["Cache-Control"] = call.runtime.settings.badge_default_cache_setting
    return response


def _success(connection: Connection, consumer: Selector, provider: Selector) -> bool | None:
    """Return the result of the consumer's pact and the provider's version; None if it is missing."""
    every_pair = LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION
    answer = decide.answer(connection, MatrixQuestion(selectors=(consumer, provider), latest_by=every_pair))
    return answer.rows[0].success if answer.rows else None


def _latest_with(pacticipant: str, tag: str) -> Selector:
    return Selector(pacticipant=pacticipant, version_filter=VersionFilter(criteria=(Tagged(tag=tag),), latest=True))


def _title(
    call: Call, consumer: str, provider: str, consumer_tag: str | None = None, provider_tag: str | None = None
) -> str:
    title = Title(consumer=consumer, provider=provider, consumer_tag=consumer_tag, provider_tag=provider_tag)
    return title.text(_parameter(call, "label").lower(), initials=_parameter(call, "initials") == "true")


def _parameter(call: Call, name: str) -> str:
    """Return the query's parameter; empty if it is not a text."""
    value = call.query.get(name)
    return value if isinstance(value, str) else ""
