"""Replay the deployments and releases of an archive into a broker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from functools import partial

from contracts.client import hal, navigation
from contracts.client.archive.replay_steps import Done, Outline
from contracts.client.errors import Conflict, Invalid, NotFound, NotSupported
from contracts.client.hal import JsonObject
from contracts.client.navigation import Navigator
from contracts.model.archive.records import Deployment, Gap, Release, name


class Places:
    """Records the deployments and releases of *outline*; *before* are the versions that existed before."""

    def __init__(self, to: Navigator, outline: Outline, before: Collection[tuple[str, str]]) -> None:
        self._to = to
        self._outline = outline
        self._before = before
        self._seen: Counter[tuple[str, str, str, str | None]] = Counter()

    def steps(self) -> Iterator[Done | Gap]:
        """Record deployments in their order, so that each replaces the previous one; then releases."""
        deployments = sorted(self._outline.deployments, key=lambda each: each.created_at)
        last = {(each.pacticipant, each.environment, each.application_instance): each for each in deployments}
        for each in deployments:
            is_last = last[each.pacticipant, each.environment, each.application_instance] is each
            yield self._done(each, partial(self._deployment, each, ends=is_last))
        for release in sorted(self._outline.releases, key=lambda each: each.created_at):
            yield self._done(release, partial(self._release, release))

    def _done(self, record: Deployment | Release, write: Callable[[], bool]) -> Done | Gap:
        try:
            return Done(kind=record.kind, added=write())
        except (Conflict, Invalid, NotFound, NotSupported) as error:
            return Gap(what=name(record), reason=str(error))

    def _deployment(self, record: Deployment, *, ends: bool) -> bool:
        """Record a deployment; only one that *ends* its series may be ended, all others end with the next."""
        address = self._recording(record, "pb:record-deployment")
        instance = record.application_instance
        series = record.pacticipant, record.version, record.environment, instance
        self._seen[series] += 1
        existing = [each for each in self._listed(record, address, "deployedVersions") if _instance(each) == instance]
        added = len(existing) < self._seen[series]
        if added:
            existing = [
                self._to.post_repeatably(address, {} if instance is None else {"applicationInstance": instance})
            ]
        if ends and record.undeployed_at is not None:
            self._end(existing, "currentlyDeployed")
        return added

    def _release(self, record: Release) -> bool:
        address = self._recording(record, "pb:record-release")
        existing = self._listed(record, address, "releasedVersions")
        added = not existing
        if added:
            existing = [self._to.post_repeatably(address, {})]
        if record.support_ended_at is not None:
            self._end(existing, "currentlySupported")
        return added

    def _recording(self, record: Deployment | Release, relation: str) -> str:
        version = self._to.relation(
            "pb:pacticipant-version", "versions", pacticipant=record.pacticipant, version=record.version
        )
        what = "recording deployments and releases"
        return self._to.address(navigation.entry(self._to.get(version), relation, record.environment, what))

    def _listed(self, record: Deployment | Release, address: str, listed: str) -> list[JsonObject]:
        if (record.pacticipant, record.version) not in self._before:
            # this run has recorded it as often as the earlier one
            return []
        return hal.embedded(self._to.get(address), listed)

    def _end(self, existing: list[JsonObject], name_of_state: str) -> None:
        for each in existing:
            if each.get(name_of_state) is not False:
                self._to.merge(self._to.linked(each, "self", "ending what is in place"), {name_of_state: False})


def _instance(document: JsonObject) -> str | None:
    return hal.get_text(document, "applicationInstance")
