"""The events that start workflows, as GitHub would deliver them.

Source: GitHub's documentation of webhook events and payloads, and of the variables `github.ref` and `github.sha`.
"""

from __future__ import annotations

from collections.abc import Mapping

from contracts.fake_ci.played import Event


def push(version: str, branch: str) -> Event:
    """Return a push of *version* to *branch*, without a previous commit."""
    ref = f"refs/heads/{branch}"
    return Event(name="push", version=version, ref=ref, document={"ref": ref, "after": version, "before": "0" * 40})


def pull_request(version: str, branch: str, *, repository: str, fork: bool = False) -> Event:
    """Return a pull request of *branch*, whose head *version* is in *repository*."""
    head = {"sha": version, "ref": branch, "repo": {"full_name": repository, "fork": fork}}
    return Event(
        name="pull_request", version=version, ref="refs/pull/1/merge", document={"pull_request": {"head": head}}
    )


def started_by_hand(version: str) -> Event:
    """Return a run that a user started, for a *version* without a branch."""
    return Event(name="workflow_dispatch", version=version, ref="", document={})


def repository_dispatch(event_type: str, payload: Mapping[str, object], *, version: str, branch: str) -> Event:
    """Return a dispatch with its *payload*; GitHub runs it with *version*, the head of the default *branch*."""
    document = {"action": event_type, "client_payload": dict(payload)}
    return Event(name="repository_dispatch", version=version, ref=f"refs/heads/{branch}", document=document)
