"""The notices of a publication: what happened, the events that follow, and the next steps.

Clients print the notices in this order, coloured by type. Source: Pact Broker protocol, contracts/publish, notices.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from urllib.parse import urlencode

from contracts.broker import urls
from contracts.broker.actions.publish import PublishedPact, PublishedVersion
from contracts.broker.api.pacts import pact_url
from contracts.broker.urls import Links
from contracts.model.notices import Notice
from contracts.model.publications import Publication, PublicationOutcome


MOST_SHOWN = 3

NO_BRANCH = (
    "Next steps:\n"
    "  * Tell the broker the branch of each version you publish: can-i-deploy, pending pacts and work in progress "
    "pacts rely on it. The CLI takes --branch."
)


def notices(
    links: Links, publication: Publication, published: PublishedVersion, verified_ids: Container[int]
) -> Iterator[Notice]:
    """Return the notices of *published*; *verified_ids* are the providers that have verified the consumer."""
    verb = "Created" if published.created else "Updated"
    yield Notice(type="debug", text=f"{verb} {_version(publication)}")
    if publication.branch is None:
        yield Notice(type="prompt", text=NO_BRANCH)
    for each in published.contracts:
        yield _outcome(each)
        yield Notice(type="debug", text=f"  View the published pact at {pact_url(links, each.pact)}")
        yield _events(each)
        yield from _webhooks(links, each)
        yield from _next_steps(each, verified_ids)


def warnings(published: PublishedVersion) -> list[str]:
    """Return a warning for each pact that provider versions in use must verify, if it triggered no webhook.

    The notices have the number that the reference broker sends, so these are an addition to the response.
    """
    return [_unstarted(each) for each in published.contracts if _is_unstarted(each)]


def _is_unstarted(published: PublishedPact) -> bool:
    return bool(published.notified.required) and not published.notified.triggered


def _unstarted(published: PublishedPact) -> str:
    required, name = published.notified.required, published.pact.provider.name
    versions = [f"{name} {each.number} ({', '.join(each.descriptions)})" for each in required[:MOST_SHOWN]]
    more = f" and {len(required) - MOST_SHOWN} more" if len(required) > MOST_SHOWN else ""
    return (
        f"Nothing will start this verification: {published.pact.name} needs a result of {', '.join(versions)}{more}, "
        "and no webhook was triggered. Create one for contract_requiring_verification_published, or start the build "
        "yourself."
    )


def _version(publication: Publication) -> str:
    parts = [f"{publication.consumer} version {publication.version}"]
    if publication.branch is not None:
        parts.append(f"with branch {publication.branch}")
    if publication.tags:
        joint = "and" if publication.branch is not None else "with"
        noun = "tag" if len(publication.tags) == 1 else "tags"
        parts.append(f"{joint} {noun} {', '.join(publication.tags)}")
    return " ".join(parts)


def _outcome(published: PublishedPact) -> Notice:
    name = published.pact.name
    match published.outcome:
        case PublicationOutcome.CREATED:
            return Notice(type="success", text=f"{name} is published.")
        case PublicationOutcome.MERGED:
            return Notice(type="success", text=f"{name} is merged into the version's existing contract.")
        case PublicationOutcome.UNCHANGED:
            return Notice(type="success", text=f"{name} is published again; its content has not changed.")
        case PublicationOutcome.OVERWRITTEN:
            text = (
                f"{name} replaces another content of the same version, whose results no longer count: "
                "publish changes under a new version number."
            )
            return Notice(type="warning", text=text)


def _events(published: PublishedPact) -> Notice:
    comment = f" ({published.change.comment})" if published.change.comment else ""
    if published.change.changed:
        names = ["contract_published", f"contract_content_changed{comment}"]
    else:
        names = [f"contract_published{comment}"]
    if published.notified.required:
        names.append("contract_requiring_verification_published")
    return Notice(type="debug", text=f"  Events detected: {', '.join(names)}")


def _webhooks(links: Links, published: PublishedPact) -> Iterator[Notice]:
    for each in published.notified.triggered:
        logs = links.to(urls.TRIGGERED_WEBHOOK_LOGS, uuid=each.uuid)
        name = each.description or each.webhook_uuid
        yield Notice(type="debug", text=f'  Webhook "{name}" triggered for event {each.event_name}; see {logs}')
    if published.notified.webhooks_exist and not published.notified.triggered:
        consequence = ": nothing will start this verification" if _is_unstarted(published) else ""
        version = published.pact.consumer_version
        filters = urlencode({"pacticipant": version.pacticipant, "version": version.number})
        reasons = f"{links.to(urls.WEBHOOK_DECISIONS)}?{filters}"
        yield Notice(type="debug", text=f"  No webhook was triggered{consequence}; for the reasons see {reasons}")


def _next_steps(published: PublishedPact, verified_ids: Container[int]) -> Iterator[Notice]:
    provider = published.pact.provider
    steps = []
    if provider.id not in verified_ids:
        steps.append(f"  * Verify this pact in the build of {provider.name}, and publish the results.")
    if not published.notified.webhooks_exist:
        reason = "Nothing will start this verification: let" if _is_unstarted(published) else "Let"
        steps.append(
            f"  * {reason} a webhook start a build of {provider.name} that verifies it whenever the contract changes."
        )
    if steps:
        yield Notice(type="prompt", text="  Next steps:")
        yield from (Notice(type="prompt", text=f"  {each}") for each in steps)
