"""`/contracts/publish`: the contracts of a consumer version, with its branch and tags, in one request.

Source: Pact Broker protocol, contracts/publish.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import publish
from contracts.broker.actions.publish import PublishedVersion
from contracts.broker.api import bodies, publication_notices, rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link
from contracts.broker.api.pacts import pact_link, require_names
from contracts.broker.api.resources import Resources
from contracts.broker.store import integrations
from contracts.broker.urls import Links
from contracts.model.errors import Invalid, InvalidFields
from contracts.model.notices import Notice
from contracts.model.pacts import OnConflict
from contracts.model.publications import Contract, Publication


# each takes about two milliseconds, during which SQLite accepts no other writer
MOST_CONTRACTS = 1_000
MOST_TAGS = 200


def _one_of(*values: str) -> AfterValidator:
    def check(text: str) -> str:
        if text not in values:
            raise ValueError(f"must be one of: {', '.join(values)}")
        return text

    return AfterValidator(check)


class ContractBody(Body):
    """A contract; its content is encoded in Base64."""

    consumer_name: rules.Name = Field(alias="consumerName")
    provider_name: rules.Name = Field(alias="providerName")
    content: str
    content_type: Annotated[str, _one_of("application/json")] = Field(alias="contentType")
    specification: Annotated[str, _one_of("pact")]
    on_conflict: Annotated[str, _one_of("overwrite", "merge")] = Field(default="overwrite", alias="onConflict")

    def contract(self) -> Contract:
        """Return the contract in the words of the model.

        Raises:
            Invalid, InvalidFields: if the content is not a contract between this consumer and this provider.
        """
        content = _decoded(self.content)
        document = bodies.parse_object(content)
        require_names(document, consumer=self.consumer_name, provider=self.provider_name)
        on_conflict: OnConflict = "merge" if self.on_conflict == "merge" else "overwrite"
        return Contract(provider=self.provider_name, text=content.decode(), document=document, on_conflict=on_conflict)


class PublicationBody(Body):
    """Everything that one version of a consumer publishes."""

    pacticipant_name: rules.Name = Field(alias="pacticipantName")
    version_number: rules.Name = Field(alias="pacticipantVersionNumber")
    branch: rules.Name | None = None
    tags: Annotated[list[rules.Name], rules.at_most(MOST_TAGS)] | None = None
    build_url: rules.SingleLine | None = Field(default=None, alias="buildUrl")
    contracts: Annotated[list[ContractBody], rules.at_most(MOST_CONTRACTS)] = Field(min_length=1)

    def publication(self) -> Publication:
        """Return the publication in the words of the model.

        Raises:
            InvalidFields: if a contract has another consumer, or its content is invalid.
        """
        contracts, errors = [], []
        for index, each in enumerate(self.contracts):
            try:
                self._require_consumer(each)
                contracts.append(each.contract())
            except Invalid as error:
                errors.append(f"{error} (at index {index})")
        if errors:
            raise InvalidFields({"contracts": errors})
        return Publication(
            consumer=self.pacticipant_name,
            version=self.version_number,
            branch=self.branch,
            tags=tuple(self.tags or ()),
            build_url=self.build_url,
            contracts=tuple(contracts),
        )

    def _require_consumer(self, contract: ContractBody) -> None:
        if contract.consumer_name != self.pacticipant_name:
            raise Invalid(
                f"consumerName ({contract.consumer_name}) must be the pacticipantName ({self.pacticipant_name})"
            )


routes = Resources("contracts")


@routes.post(urls.PUBLISH_CONTRACTS, body=PublicationBody)
def publish_contracts(call: Call) -> Response:
    publication = call.body(PublicationBody, empty=True).publication()
    with call.writing() as connection:
        published = publish.publish(call.runtime, connection, publication, base_url=call.links.base)
        provider_ids = [each.pact.provider.id for each in published.contracts]
        verified = integrations.verified(connection, published.consumer.id, provider_ids)
    call.runtime.wake_delivery()
    notices = publication_notices.notices(call.links, publication, published, verified)
    return call.hal(render(call.links, publication, published, tuple(notices)))


def render(links: Links, publication: Publication, published: PublishedVersion, notices: Sequence[Notice]) -> Document:
    """Return the document of a publication."""
    name, number = published.consumer.name, published.version.number
    pacticipant = links.to(urls.PACTICIPANT, pacticipant=name)
    version = links.to(urls.VERSION, pacticipant=name, version=number)
    warnings = publication_notices.warnings(published)
    return {
        # for older clients; both lists say the same
        "logs": [
            {"level": each.type, "message": each.text, "deprecationWarning": "Replaced by notices"} for each in notices
        ],
        "notices": [{"type": each.type, "text": each.text} for each in notices],
        **({"warnings": warnings} if warnings else {}),
        "_embedded": {
            "pacticipant": {"name": name, "_links": {"self": link(pacticipant)}},
            "version": {"number": number, "_links": {"self": link(version, "Version", number)}},
        },
        "_links": {
            "pb:pacticipant": link(pacticipant, "Pacticipant", name),
            "pb:pacticipant-version": link(version, "Version", number),
            "pb:pacticipant-version-tags": [
                link(links.to(urls.VERSION_TAG, pacticipant=name, version=number, tag=tag), "Tag", tag)
                for tag in publication.tags
            ],
            "pb:contracts": [pact_link(links, each.pact) for each in published.contracts],
        },
    }


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("content is not valid Base64") from None
