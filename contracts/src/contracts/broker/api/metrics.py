"""`/metrics`: the number of objects of each kind, as JSON or for Prometheus.

Source: Pact Broker protocol, metrics.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import prometheus
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import HAL, Document, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import metrics


_NOT_COUNTED = -1


routes = Resources("metrics")


@routes.get(urls.METRICS, provides=(HAL, prometheus.MEDIA_TYPE))
def show_metrics(call: Call) -> Response:
    with call.reading() as connection:
        counts = metrics.counts(connection)
        revisions = metrics.revisions_per_version(connection)
        results = metrics.results_per_content(connection)
    if call.media_type == prometheus.MEDIA_TYPE:
        text = prometheus.render(counts, revisions, results)
        return Response(text, media_type=f"{prometheus.MEDIA_TYPE};charset=utf-8")
    return call.hal(render(counts, revisions, results))


def render(counts: Mapping[str, Any], revisions: Mapping[int, int], results: Mapping[int, int]) -> Document:
    """Return the document of all metrics; the matrix is not a table, so it is not counted."""
    return {
        "interactions": {
            "latestInteractionsCount": counts["interactions"],
            "latestMessagesCount": counts["messages"],
            "latestInteractionsAndMessagesCount": counts["interactions"] + counts["messages"],
        },
        "pacticipants": {
            "count": counts["pacticipants"],
            "withMainBranchSetCount": counts["pacticipants_with_main_branch"],
        },
        "integrations": {"count": counts["integrations"]},
        "pactPublications": {
            "count": counts["pacts"],
            "first": _moment(counts["first_pact"]),
            "last": _moment(counts["last_pact"]),
        },
        "pactVersions": {"count": counts["contents"]},
        "pactRevisionsPerConsumerVersion": _distribution(revisions),
        "verificationResults": {
            "count": counts["results"],
            "successCount": counts["successes"],
            "failureCount": counts["failures"],
            "distinctCount": counts["distinct_results"],
            "first": _moment(counts["first_result"]),
            "last": _moment(counts["last_result"]),
        },
        "verificationResultsPerPactVersion": _distribution(results),
        "pacticipantVersions": {
            "count": counts["versions"],
            "withUserCreatedBranchCount": counts["versions_with_user_created_branch"],
            "withBranchCount": counts["versions_with_branch"],
            "withBranchSetCount": counts["versions_with_branch"],
        },
        "webhooks": {"count": counts["webhooks"]},
        "tags": {
            "count": counts["tags"],
            "distinctCount": counts["tag_names"],
            "distinctWithPacticipantCount": counts["tag_names_of_pacticipants"],
        },
        "triggeredWebhooks": {"count": counts["triggered_webhooks"]},
        "webhookExecutions": {"count": counts["webhook_executions"]},
        "matrix": {"count": _NOT_COUNTED},
        "environments": {"count": counts["environments"]},
        "deployedVersions": {
            "count": counts["deployed_versions"],
            "userCreatedCount": counts["deployed_by_users"],
            "currentlyDeployedCount": counts["currently_deployed"],
        },
        "releasedVersions": {
            "count": counts["released_versions"],
            "currentlySupportedCount": counts["currently_supported"],
        },
        "backups": {
            "last": _moment(counts["last_backup"]),
            "lastFailed": _moment(counts["last_failed_backup"]),
        },
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)


def _distribution(numbers: Mapping[int, int]) -> Document:
    return {"distribution": {str(number): times for number, times in numbers.items()}}
