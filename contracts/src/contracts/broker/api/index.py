"""`/`: the index, where every client starts; its links lead to everything else.

Source: Pact Broker protocol, index resource.
"""

from __future__ import annotations

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document
from contracts.broker.api.resources import Resources
from contracts.broker.urls import Links


# relation, path, title; clients fill the parameters of a path by name, so the names cannot change
RELATIONS = (
    (
        "pb:publish-pact",
        "/pacts/provider/{provider}/consumer/{consumer}/version/{consumerApplicationVersion}",
        "Publish a pact",
    ),
    ("pb:publish-contracts", urls.PUBLISH_CONTRACTS, "Publish contracts"),
    ("pb:latest-pact-versions", urls.PACTS_LATEST, "Latest pact of every pair"),
    ("pb:tagged-pact-versions", urls.PACT_TAG_VERSIONS, "All versions of a pact with a tag"),
    ("pb:branch-pact-versions", urls.PACT_BRANCH_VERSIONS, "All versions of a pact from a branch"),
    (
        "pb:latest-branch-pact-versions",
        urls.PACT_BRANCH_LATEST_VERSIONS,
        "Latest version of a pact from a branch",
    ),
    (
        "pb:main-branch-pact-versions",
        urls.PACT_MAIN_BRANCH_VERSIONS,
        "All versions of a pact from the main branch",
    ),
    (
        "pb:latest-main-branch-pact-versions",
        urls.PACT_MAIN_BRANCH_LATEST_VERSIONS,
        "Latest version of a pact from the main branch",
    ),
    (
        "pb:provider-pacts-with-main-branch",
        urls.PROVIDER_PACTS_MAIN_BRANCH,
        "All pacts of a provider from its consumers' main branches",
    ),
    (
        "pb:provider-pacts-with-branch",
        urls.PROVIDER_PACTS_BRANCH,
        "All pacts of a provider from a branch",
    ),
    (
        "pb:latest-provider-pacts-with-main-branch",
        urls.PROVIDER_PACTS_LATEST_MAIN_BRANCH,
        "Latest pacts of a provider from its consumers' main branches",
    ),
    (
        "pb:latest-provider-pacts-with-branch",
        urls.PROVIDER_PACTS_LATEST_BRANCH,
        "Latest pacts of a provider from a branch",
    ),
    ("pb:pacticipants", urls.PACTICIPANTS, "Applications"),
    ("pb:pacticipant", urls.PACTICIPANT, "An application"),
    ("pb:latest-provider-pacts", urls.PROVIDER_PACTS_LATEST, "Latest pacts of a provider"),
    (
        "pb:latest-provider-pacts-with-tag",
        urls.PROVIDER_PACTS_LATEST_TAG,
        "Latest pacts of a provider with a tag",
    ),
    ("pb:provider-pacts-with-tag", urls.PROVIDER_PACTS_TAG, "All pacts of a provider with a tag"),
    ("pb:provider-pacts", urls.PROVIDER_PACTS, "All pacts of a provider"),
    ("pb:latest-version", urls.LATEST_VERSION, "Latest version of an application"),
    (
        "pb:latest-tagged-version",
        urls.LATEST_TAGGED_VERSION,
        "Latest version of an application with a tag",
    ),
    ("pb:webhooks", urls.WEBHOOKS, "Webhooks"),
    ("pb:webhook", urls.WEBHOOK, "A webhook"),
    (
        "pb:webhook-decisions",
        f"{urls.WEBHOOK_DECISIONS}?pacticipant={{pacticipant}}&version={{version}}",
        "Webhooks that a version triggered or not, and why",
    ),
    ("pb:verification-jobs", urls.VERIFICATION_JOBS, "Verifications that provider versions need"),
    ("pb:secrets", urls.SECRETS, "Secrets of webhooks"),
    ("pb:secret", urls.SECRET, "A secret"),
    ("pb:tokens", urls.TOKENS, "Tokens of programs"),
    ("pb:token", urls.TOKEN, "A token"),
    ("pb:audit", urls.AUDIT, "What changed or was refused"),
    ("pb:verification-job", urls.VERIFICATION_JOB, "A verification job"),
    ("pb:integrations", urls.INTEGRATIONS, "Integrations"),
    ("pb:pacticipant-version-tag", urls.VERSION_TAG, "Get, create or delete a version's tag"),
    ("pb:pacticipant-branch", urls.BRANCH, "Get or delete a pacticipant branch"),
    (
        "pb:pacticipant-branch-version",
        urls.BRANCH_VERSION,
        "Get a version on a branch, or add one to it",
    ),
    ("pb:pacticipant-version", urls.VERSION, "Get, create or delete a version"),
    ("pb:metrics", urls.METRICS, "Metrics"),
    (
        "pb:can-i-deploy-pacticipant-version-to-tag",
        "/can-i-deploy?pacticipant={pacticipant}&version={version}&to={tag}",
        "Whether a version can be deployed to where a tag's versions are",
    ),
    (
        "pb:can-i-deploy-pacticipant-version-to-environment",
        "/can-i-deploy?pacticipant={pacticipant}&version={version}&environment={environment}",
        "Whether a version can be deployed to an environment",
    ),
    (
        "pb:can-i-deploy-waiting",
        "/can-i-deploy?pacticipant={pacticipant}&version={version}&environment={environment}&wait={seconds}",
        "The same, once no missing result is expected, or the time is up",
    ),
    (
        "pb:provider-pacts-for-verification",
        urls.PACTS_FOR_VERIFICATION,
        "Pacts that a provider should verify",
    ),
    ("pb:environments", urls.ENVIRONMENTS, "Environments"),
    ("pb:environment", "/environments/{uuid}", "An environment"),
)


routes = Resources("index")


@routes.get(urls.INDEX)
def show_index(call: Call) -> Response:
    return call.hal({"_links": relations(call.links)})


def relations(links: Links) -> Document:
    """Return the links of the index."""
    document: Document = {"self": {"href": links.to(urls.INDEX), "title": "Index", "templated": False}}
    for relation, path, title in RELATIONS:
        document[relation] = {"href": links.base + path, "title": title, "templated": "{" in path}
    document["beta:provider-pacts-for-verification"] = {
        **document["pb:provider-pacts-for-verification"],
        "name": "beta",
    }
    document["curies"] = [
        {"name": name, "href": f"{links.base}/doc/{{rel}}?context=index", "templated": True} for name in ("pb", "beta")
    ]
    return document
