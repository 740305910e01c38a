"""`/doc/{relation}`: the meaning of a link relation; the `curies` of documents lead here.

Source: Pact Broker protocol, HAL link forms. The contexts are index, pact, pacticipant, version and webhooks.
"""

from __future__ import annotations

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.api.index import RELATIONS
from contracts.broker.ui.pages import Pages
from contracts.model.errors import NotFound


_WEBHOOKS = "webhooks-"  # the list of webhooks puts its context into the relation

MEANINGS = {
    "index": {name.removeprefix("pb:"): title for name, _, title in RELATIONS},
    "pact": {
        "consumer": "The application that published the pact",
        "consumer-version": "The version of the consumer that published it",
        "consumer-versions": "Every version of the consumer for which it has to be verified",
        "provider": "The application that must fulfil the pact, and whose results are published",
        "pact-version": "The content of the pact, independent of the version that published it",
        "latest-pact-version": "The latest pact of the same pair",
        "all-pact-versions": "Every pact of the same pair",
        "latest-untagged-pact-version": "The latest pact of the pair whose consumer version has no tags",
        "latest-tagged-pact-version": "The latest pact of the pair whose consumer version has a tag",
        "previous-distinct": "The last pact before this one with a different content",
        "diff-previous-distinct": "The changes since the last pact with a different content, as text",
        "diff": "The differences to another content of the pair, as text",
        "pact-webhooks": "The webhooks of the pair; POST creates one",
        "consumer-webhooks": "The webhooks of the consumer; POST creates one",
        "tag-prod-version": "PUT tags the consumer version as prod",
        "tag-version": "PUT tags the consumer version",
        "publish-verification-results": "POST publishes a verification result of this pact",
        "verification-started": "POST reports that a build of the provider verifies this pact and others",
        "latest-verification-results": "The latest result for this content",
        "triggered-webhooks": "The webhooks that the publication of this pact triggered",
        "webhook-decisions": "The webhooks that the consumer version triggered or not, and why",
        "matrix-for-consumer-version": "Every pact of the consumer version, with its results",
    },
    "pacticipant": {
        "versions": "Every version of the application, the newest first",
        "branches": "The branches of the application",
        "deployed-environments": "The environments to which it is deployed",
        "version": "A version, by its number",
        "version-tag": "A tag of a version: PUT creates it, DELETE removes it",
        "branch-version": "A version on a branch: PUT adds it, as the head of the branch",
        "label": "A label of the application: PUT adds it, DELETE removes it",
        "can-i-deploy-badge": "A badge: can the latest version with a tag be deployed to the versions of another tag?",
        "can-i-deploy-branch-to-environment-badge": "A badge: can the head of a branch be deployed to an environment?",
    },
    "version": {
        "pacticipant": "The application of this version",
        "tag": "A tag of the version: PUT creates it, DELETE removes it",
        "latest-verification-results-where-pacticipant-is-consumer": "The latest results of the version's pacts",
        "verification-jobs": "The verifications that this version needs, or that others need of its pacts",
        "pact-versions": "The pacts that the version published, as a consumer",
        "deployed-environments": "Every deployment of the version, current or past",
        "released-environments": "Every release of the version, supported or not",
        "record-deployment": "POST records that the version was deployed to the environment of that name",
        "record-release": "POST records that the version was released in the environment of that name",
    },
    "webhooks": {
        "create": "POST creates a webhook",
        "webhooks": "The webhooks, each with its URL",
    },
}


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.RELATION)
    def show(request: Request, relation: str) -> str:
        name, context = relation, request.query_params.get("context", "index")
        if relation.startswith(_WEBHOOKS):
            name, context = relation.removeprefix(_WEBHOOKS), "webhooks"
        meaning = MEANINGS.get(context, {}).get(name)
        if meaning is None:
            raise NotFound(f"The relation pb:{name} does not exist in the context {context}")
        return pages.render("relation.html", section="api", title=f"pb:{name}", context=context, meaning=meaning)
