"""`/pacts/provider/{provider}/for-verification`: the pacts that a provider's build verifies.

A verifier GETs the URL first, to find the one for its POST; very old verifiers use the response to the GET.
Source: Pact Broker protocol, pacts for verification.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import select
from contracts.broker.api import bodies, rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, present
from contracts.broker.api.queries import texts
from contracts.broker.api.resources import Resources
from contracts.broker.store import environments, pacticipants
from contracts.broker.urls import Links
from contracts.model import dates, selectors
from contracts.model.criteria import InEnvironment
from contracts.model.errors import InvalidFields
from contracts.model.metadata import encode
from contracts.model.pending import ProviderRef
from contracts.model.verifiable import DEPRECATED_GET, Instruction, Verifiable, VerificationQuestion, instructions


_SELECTORS = "consumerVersionSelectors"

MOST_ELEMENTS = 200  # as for the matrix: databases limit the size of a statement

# the names in the GET's query for those in the POST's body
_OLD_NAMES = {
    "providerVersionTags": "provider_version_tags",
    "providerVersionBranch": "provider_version_branch",
    "includePendingStatus": "include_pending_status",
    "includeWipPactsSince": "include_wip_pacts_since",
    _SELECTORS: "consumer_version_selectors",
}


_OLD_QUERY = (
    *texts("provider_version_tags[]", "provider_version_branch", "include_pending_status", "include_wip_pacts_since"),
    *texts(*(f"consumer_version_selectors[][{each}]" for each in ("tag", "latest", "fallback_tag", "consumer"))),
)


def _either(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError("must be one of: true, false")  # noqa: TRY004, pydantic takes a ValueError for a broken rule
    return value


def _date(value: object) -> datetime:
    return dates.parse(value if isinstance(value, str) else "")


class QuestionBody(Body):
    """A provider's question; `selectors.parse` checks the selectors, because it has a message for each error."""

    tags: Annotated[list[str], rules.at_most(MOST_ELEMENTS)] | None = Field(default=None, alias="providerVersionTags")
    include_pending: Annotated[bool | None, BeforeValidator(_either)] = Field(
        default=None, alias="includePendingStatus", description="true unless it is false"
    )
    wip_since: Annotated[datetime | None, BeforeValidator(_date)] = Field(default=None, alias="includeWipPactsSince")
    branch: str | None = Field(default=None, alias="providerVersionBranch")
    selectors: Annotated[list[Any], rules.at_most(MOST_ELEMENTS)] = Field(default=[], alias="consumerVersionSelectors")

    @field_validator("branch")
    @classmethod
    def _useful(cls, branch: str | None, info: ValidationInfo) -> str | None:
        if branch is not None and branch and not branch.strip():
            raise ValueError("cannot be blank")
        needs_branch = info.data.get("include_pending") or info.data.get("wip_since")
        if branch == "" and needs_branch and not info.data.get("tags"):
            raise ValueError("cannot be empty if the question includes pending status or work in progress, but no tags")
        return branch


routes = Resources("pacts for verification")


@routes.post(urls.PACTS_FOR_VERIFICATION, changes=False, body=QuestionBody)
def select_pacts_for_verification(call: Call, provider: str) -> Response:
    return _response(call, provider, _question(call.json_object(empty=True)))


@routes.get(urls.PACTS_FOR_VERIFICATION, query=_OLD_QUERY)
def select_pacts_for_verification_by_query(call: Call, provider: str) -> Response:
    return _response(call, provider, _old_question(call.query), DEPRECATED_GET)


def _response(call: Call, name: str, question: VerificationQuestion, *notices: Instruction) -> Response:
    with call.reading() as connection:
        criteria = [each.criterion for each in question.selectors]
        if any(isinstance(each, InEnvironment) and each.environment is not None for each in criteria):
            environment_names = {each.name for each in environments.all(connection)}
            selectors.require_environments(question.selectors, environment_names)
        provider = pacticipants.find(connection, name, "provider")
        pacts = select.pacts_for_verification(call.runtime, connection, provider.id, question)
        call.require_content_type()
    document = {
        "_embedded": {"pacts": [render(call.links, each, question.provider, notices) for each in pacts]},
        "_links": {"self": link(call.links.to(urls.PACTS_FOR_VERIFICATION, provider=name), "Pacts to verify")},
    }
    return call.hal(document)


def render(
    links: Links, verifiable: Verifiable, provider: ProviderRef, notices: tuple[Instruction, ...] = ()
) -> Document:
    """Return a pact to verify; *notices* come before its own."""
    pact = verifiable.item.pact
    names = {"provider": pact.provider.name, "consumer": pact.consumer.name, "sha": pact.sha}
    pact_url = links.to(urls.PACT_VERSION, **names)
    url = links.to(urls.PACT_VERSION_METADATA, **names, metadata=encode(verifiable.metadata))
    all_notices = (*notices, *instructions(verifiable, provider, pact_url))
    return {
        "shortDescription": verifiable.item.short_description,
        "verificationProperties": present(
            {
                "pending": None if verifiable.pending is None else verifiable.pending.pending,
                "wip": True if verifiable.wip else None,
                "notices": [{"when": each.when, "text": each.text} for each in all_notices],
            }
        ),
        "_links": {"self": link(url, name=pact.name)},
    }


def _question(document: Mapping[str, Any]) -> VerificationQuestion:
    """Return the question in *document*.

    Raises:
        InvalidFields: with every error, in the fields and in the selectors.
    """
    errors: dict[str, list[str]] = {}
    with _collecting(errors):
        body = bodies.validate(QuestionBody, document)
    with _collecting(errors):
        elements = document.get(_SELECTORS)
        parsed = selectors.parse(elements if isinstance(elements, list) else [], document.get("providerVersionBranch"))
    if errors:
        raise InvalidFields(errors)
    return VerificationQuestion(
        provider=ProviderRef(branch=body.branch or None, tags=tuple(body.tags or ())),
        selectors=parsed,
        include_pending=body.include_pending is not False,
        wip_since=body.wip_since,
    )


@contextmanager
def _collecting(errors: dict[str, list[str]]) -> Iterator[None]:
    try:
        yield
    except InvalidFields as error:
        errors |= error.errors


def _old_question(query: Mapping[str, Any]) -> VerificationQuestion:
    """Return the question in a GET's *query*; each selector needs a tag.

    Raises:
        InvalidFields: as `_question`, under the names of the query.
    """
    document = {name: query[old] for name, old in _OLD_NAMES.items() if old in query}
    if "includePendingStatus" in document:
        document["includePendingStatus"] = document["includePendingStatus"] == "true"
    if isinstance(elements := document.get(_SELECTORS), list):
        document[_SELECTORS] = [_old_selector(each) for each in elements]
        untagged = [index for index, each in enumerate(elements) if isinstance(each, dict) and "tag" not in each]
        if untagged:
            raise InvalidFields({_OLD_NAMES[_SELECTORS]: [f"tag is missing (at index {each})" for each in untagged]})
    try:
        return _question(document)
    except InvalidFields as error:
        raise InvalidFields({_OLD_NAMES.get(key, key): texts for key, texts in error.errors.items()}) from None


def _old_selector(element: object) -> object:
    if not isinstance(element, dict):
        return element
    names = {"fallback_tag": "fallbackTag"}
    selector = {names.get(key, key): value for key, value in element.items()}
    if (latest := element.get("latest")) in ("true", "false"):
        selector["latest"] = latest == "true"
    return selector
