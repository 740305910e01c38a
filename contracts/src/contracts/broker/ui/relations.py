"""`/doc/{relation}`: what a relation means; documents' `curies` lead here.

Source: Pact Broker protocol, HAL link forms. The contexts are index, pact, pacticipant, version and webhooks.
"""

from __future__ import annotations

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.api.index import RELATIONS
from contracts.broker.ui.pages import Pages
from contracts.model.errors import NotFound


_WEBHOOKS = "webhooks-"  # how the list of webhooks names its context

MEANINGS = {
    "index": {name.removeprefix("pb:"): title for name, _, title in RELATIONS},
    "pact": {
        "consumer": "The application that published the pact",
        "consumer-version": "The version of the consumer that published it",
        "consumer-versions": "Every version of the consumer for which it is to be verified",
        "provider": "The application that is to honour the pact, and whose results are published",
        "pact-version": "The content of the pact, whichever version published it",
        "latest-pact-version": "The latest pact of the same pair",
        "all-pact-versions": "Every pact of the same pair",
        "latest-untagged-pact-version": "The latest pact of the pair whose consumer version has no tags",
        "latest-tagged-pact-version": "The latest pact of the pair whose consumer version has a tag",
        "previous-distinct": "The pact before this one that said something else",
        "diff-previous-distinct": "What changed since the pact before that said something else, as text",
        "diff": "What is different in another content of the pair, as text",
        "pact-webhooks": "The webhooks of the pair; POST there to make one",
        "consumer-webhooks": "The webhooks of the consumer; POST there to make one",
        "tag-prod-version": "PUT there to tag the consumer version as prod",
        "tag-version": "PUT there to tag the consumer version",
        "publish-verification-results": "POST the result of verifying this pact there",
        "latest-verification-results": "The last result for this content",
        "triggered-webhooks": "The webhooks that the publication of this pact triggered",
        "matrix-for-consumer-version": "Every pact of the consumer version, with its results",
    },
    "pacticipant": {
        "versions": "Every version of the application, the newest first",
        "branches": "The branches of the application",
        "deployed-environments": "What is deployed of it now, and where",
        "version": "A version, by its number",
        "version-tag": "A tag of a version: PUT makes it, DELETE removes it",
        "branch-version": "A version on a branch: PUT adds it, and makes it the branch's head",
        "label": "A label of the application: PUT adds it, DELETE removes it",
        "can-i-deploy-badge": "A badge: whether the latest version with a tag can go where another tag's versions are",
        "can-i-deploy-branch-to-environment-badge": "A badge: whether a branch's head can go to an environment",
    },
    "version": {
        "pacticipant": "The application that it is a version of",
        "tag": "A tag of the version: PUT makes it, DELETE removes it",
        "latest-verification-results-where-pacticipant-is-consumer": "How the version's pacts stand with all providers",
        "pact-versions": "The pacts that the version published, as a consumer",
        "deployed-environments": "Every deployment of the version, over or not",
        "released-environments": "Every release of the version, supported or not",
        "record-deployment": "POST there to record that the version was deployed to the environment of that name",
        "record-release": "POST there to record that the version was released in the environment of that name",
    },
    "webhooks": {
        "create": "POST a webhook there to make it",
        "webhooks": "The webhooks, each with its address",
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
            raise NotFound(f"No relation pb:{name} is known in the context {context}")
        return pages.render("relation.html", title=f"pb:{name}", context=context, meaning=meaning)
