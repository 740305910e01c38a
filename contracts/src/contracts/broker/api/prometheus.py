"""The metrics in the text format of Prometheus.

Every metric is a gauge, because removing data lowers each number. Unknown numbers are left out.
Source: Prometheus, text-based format 0.0.4; Prometheus, metric and label naming.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any


MEDIA_TYPE = "text/plain;version=0.0.4"
"""The type that a scraper names; the version tells it from any other text."""

_PREFIX = "pact_broker_"

# name: (key of the count, help)
_COUNTS = {
    "interactions": ("interactions", "Interactions in the latest pact of each consumer and provider."),
    "messages": ("messages", "Messages in the latest pact of each consumer and provider."),
    "pacticipants": ("pacticipants", "Applications."),
    "pacticipants_with_main_branch": ("pacticipants_with_main_branch", "Applications that have a main branch."),
    "integrations": ("integrations", "Pairs of a consumer and a provider."),
    "pact_publications": ("pacts", "Published pacts, each revision counted."),
    "pact_contents": ("contents", "Different contents of pacts."),
    "verification_results": ("results", "Verification results."),
    "successful_verification_results": ("successes", "Verification results that are a success."),
    "failed_verification_results": ("failures", "Verification results that are a failure."),
    "versions": ("versions", "Versions of applications."),
    "versions_with_branch": ("versions_with_branch", "Versions on at least one branch."),
    "tags": ("tags", "Tags of versions."),
    "webhooks": ("webhooks", "Webhooks."),
    "triggered_webhooks": ("triggered_webhooks", "Webhooks triggered by an event."),
    "webhook_executions": ("webhook_executions", "Attempts to send a webhook."),
    "environments": ("environments", "Environments."),
    "deployed_versions": ("deployed_versions", "Recorded deployments."),
    "currently_deployed_versions": ("currently_deployed", "Deployments in effect."),
    "released_versions": ("released_versions", "Recorded releases."),
    "currently_supported_versions": ("currently_supported", "Releases that are supported."),
}
_MOMENTS = {
    "first_pact_publication_timestamp_seconds": ("first_pact", "Time of the first publication of a pact."),
    "last_pact_publication_timestamp_seconds": ("last_pact", "Time of the last publication of a pact."),
    "first_verification_timestamp_seconds": ("first_result", "Time of the first verification result."),
    "last_verification_timestamp_seconds": ("last_result", "Time of the last verification result."),
    "last_backup_timestamp_seconds": ("last_backup", "Time of the last scheduled backup that is verified."),
    "last_failed_backup_timestamp_seconds": ("last_failed_backup", "Time of the last scheduled backup that failed."),
}


def render(counts: Mapping[str, Any], revisions: Mapping[int, int], results: Mapping[int, int]) -> str:
    """Return every metric; *counts* and the two distributions are those of `store.metrics`."""
    lines: list[str] = []
    for name, (key, text) in _COUNTS.items():
        lines += _metric(name, text, {"": counts[key]})
    for name, (key, text) in _MOMENTS.items():
        moment: datetime | None = counts[key]
        if moment is not None:
            lines += _metric(name, text, {"": int(moment.timestamp())})
    lines += _metric(
        "consumer_version_pacts",
        "Pacts of a consumer version, by their number of revisions.",
        {f'{{revisions="{number}"}}': times for number, times in revisions.items()},
    )
    lines += _metric(
        "verified_pact_contents",
        "Contents of pacts, by their number of verification results.",
        {f'{{results="{number}"}}': times for number, times in results.items()},
    )
    return "".join(f"{line}\n" for line in lines)


def _metric(name: str, text: str, samples: Mapping[str, int]) -> Iterator[str]:
    """Return the lines of a metric with a sample for each set of labels, written out."""
    yield f"# HELP {_PREFIX}{name} {text}"
    yield f"# TYPE {_PREFIX}{name} gauge"
    for labels, number in samples.items():
        yield f"{_PREFIX}{name}{labels} {number}"
