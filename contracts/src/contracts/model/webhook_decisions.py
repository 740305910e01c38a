"""Which webhooks an event triggers, and why the others not.

`decide` is the only rule: the broker triggers by it, records it, and explains by it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from contracts.model.webhooks import (
    CONTRACT_CONTENT_CHANGED,
    CONTRACT_PUBLISHED,
    CONTRACT_REQUIRING_VERIFICATION_PUBLISHED,
    EVENTS,
    PROVIDER_VERIFICATION_FAILED,
    PROVIDER_VERIFICATION_PUBLISHED,
    PROVIDER_VERIFICATION_SUCCEEDED,
    RESULT_EVENTS,
    NewWebhook,
    Webhook,
)


PUBLICATION_EVENTS = frozenset(EVENTS) - RESULT_EVENTS


class Reason(StrEnum):
    """Why an event did not trigger a webhook."""

    ANOTHER_APPLICATION = "another_application"
    DISABLED = "disabled"
    ANOTHER_EVENT = "another_event"
    ANOTHER_LABEL = "another_label"
    ANOTHER_BRANCH = "another_branch"
    SAME_CONTENT = "same_content"
    NOT_REQUIRED = "no_version_requires_verification"
    TRIGGERED_BEFORE = "triggered_before"
    CREATED_LATER = "created_later"
    NOT_RECORDED = "not_recorded"
    NO_CONTRACT = "no_contract"
    NO_RESULT = "no_result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A publication or a result, with the *events* that it raised.

    *branch* is that of the consumer version; labels and branch are empty if no webhook depends on them.
    """

    consumer: str
    provider: str
    events: tuple[str, ...]
    consumer_labels: Collection[str] = ()
    provider_labels: Collection[str] = ()
    branch: str = ""

    @property
    def considered(self) -> Collection[str]:
        """The events about which there is a decision: all that a publication can raise, or those that a result did."""
        return PUBLICATION_EVENTS if CONTRACT_PUBLISHED in self.events else self.events


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The effect of an occurrence on a webhook, at one *event*, or None if no event came into question.

    The webhook is triggered unless there is a *reason* why not; *text* says it in plain words.
    """

    event: str | None
    reason: Reason | None = None
    text: str = ""

    @property
    def fires(self) -> bool:
        """Whether the event triggers the webhook."""
        return self.reason is None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """A decision as it was recorded: the webhook by uuid and description, and the delivery of an event that fired.

    *provider_version* is the one that needs a result. *request* is the rendered request, with masked secrets.
    """

    webhook_uuid: str
    description: str
    event: str | None
    reason: Reason | None
    text: str
    delivery_uuid: str | None = None
    provider_version: str | None = None
    request: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceRecord:
    """What the broker recorded of an occurrence; *provider_version* is None for a publication."""

    consumer: str
    consumer_version: str
    provider: str
    provider_version: str | None
    sha: str
    result: int | None
    events: tuple[str, ...]
    created_at: datetime
    decisions: Sequence[DecisionRecord] = field(default_factory=tuple)
    recorded: bool = True


def publication_events(*, content_changed: bool, required: bool) -> tuple[str, ...]:
    """Return the events of a publication, in the order in which they are raised."""
    events = [CONTRACT_PUBLISHED]
    if required:
        events.append(CONTRACT_REQUIRING_VERIFICATION_PUBLISHED)
    if content_changed:
        events.append(CONTRACT_CONTENT_CHANGED)
    return tuple(events)


def result_events(*, success: bool) -> tuple[str, ...]:
    """Return the events of a result, in the order in which they are raised."""
    outcome = PROVIDER_VERIFICATION_SUCCEEDED if success else PROVIDER_VERIFICATION_FAILED
    return PROVIDER_VERIFICATION_PUBLISHED, outcome


def decide(webhook: Webhook | NewWebhook, occurrence: Occurrence) -> tuple[Decision, ...]:
    """Decide whether *occurrence* triggers *webhook*: once if it cannot, or else for each event it listens to."""
    refusal = _of_another_kind(webhook, occurrence) or _of_another_contract(webhook, occurrence)
    if refusal is not None:
        return (refusal,)
    listened = [each for each in EVENTS if each in webhook.events and each in occurrence.considered]
    raised = [Decision(event=each) for each in occurrence.events if each in listened]
    missing = [_not_raised(each) for each in listened if each not in occurrence.events]
    return (*raised, *missing)


def decide_about(webhook: Webhook | NewWebhook, occurrence: Occurrence, event: str) -> Decision:
    """Decide whether *occurrence* triggers *webhook* as this *event*."""
    decisions = decide(webhook, occurrence)
    return next((each for each in decisions if each.event in {event, None}), None) or _another_event(
        webhook, occurrence.events
    )


def depends_on_facts(webhook: Webhook | NewWebhook, occurrence: Occurrence) -> bool:
    """Whether labels, branches or the content decide about *webhook*: its applications and events do not exclude it."""
    return _of_another_kind(webhook, occurrence) is None


def _of_another_kind(webhook: Webhook | NewWebhook, occurrence: Occurrence) -> Decision | None:
    """Return the decision if the names, the state or the events of the webhook exclude it."""
    for role, side, name in (
        ("consumer", webhook.consumer, occurrence.consumer),
        ("provider", webhook.provider, occurrence.provider),
    ):
        if side is not None and side.name is not None and side.name != name:
            return _refused(Reason.ANOTHER_APPLICATION, f"It is for the {role} {side.name}, not {name}.")
    consumers = webhook.limits.consumers
    if consumers and occurrence.consumer not in consumers:
        text = f"It is for the consumers {_listed(consumers)}, not {occurrence.consumer}."
        return _refused(Reason.ANOTHER_APPLICATION, text)
    if not webhook.enabled:
        return _refused(Reason.DISABLED, "It was disabled.")
    if set(webhook.events).isdisjoint(occurrence.considered):
        return _another_event(webhook, occurrence.events)
    return None


def _of_another_contract(webhook: Webhook | NewWebhook, occurrence: Occurrence) -> Decision | None:
    """Return the decision if the labels or the branch of the contract exclude the webhook."""
    for role, side, carried in (
        ("consumer", webhook.consumer, occurrence.consumer_labels),
        ("provider", webhook.provider, occurrence.provider_labels),
    ):
        if side is not None and side.label is not None and side.label not in carried:
            return _another_label(f"It is for a {role} with the label {side.label}", role, carried)
    labels = webhook.limits.labels
    carried = (*occurrence.consumer_labels, *occurrence.provider_labels)
    if labels and set(labels).isdisjoint(carried):
        return _another_label(f"It is for applications with a label of {_listed(labels)}", "contract", carried)
    branches = webhook.limits.branches
    if branches and not any(occurrence.branch and fnmatchcase(occurrence.branch, each) for each in branches):
        where = f"on the branch {occurrence.branch}" if occurrence.branch else "on no branch"
        text = f"It is for the branches {_listed(branches)}; the consumer version was {where}."
        return _refused(Reason.ANOTHER_BRANCH, text)
    return None


def _another_label(begin: str, of: str, carried: Collection[str]) -> Decision:
    labels = f"the labels {_listed(carried)}" if carried else "no label"
    return _refused(Reason.ANOTHER_LABEL, f"{begin}; the {of} had {labels}.")


def _not_raised(event: str) -> Decision:
    """Return the decision about an event of a publication that did not happen."""
    if event == CONTRACT_CONTENT_CHANGED:
        return Decision(event=event, reason=Reason.SAME_CONTENT, text="The content of the contract was the same.")
    text = "No provider version on the main branch or in an environment needed a result."
    return Decision(event=event, reason=Reason.NOT_REQUIRED, text=text)


def _another_event(webhook: Webhook | NewWebhook, names: Collection[str]) -> Decision:
    text = f"It listens to {_listed(webhook.events)}; the events were {_listed(names)}."
    return _refused(Reason.ANOTHER_EVENT, text)


def _refused(reason: Reason, text: str) -> Decision:
    return Decision(event=None, reason=reason, text=text)


def _listed(words: Collection[str]) -> str:
    return ", ".join(words)
