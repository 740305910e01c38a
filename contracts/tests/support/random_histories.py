"""Random histories of an estate by seed: some months of a few teams at a broker.

    with running_broker() as source:
        live(source.broker, seed=1)

Nothing is drawn from the time of day: the broker's clock moves by whole seconds, as dates on the wire do.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from estates import Estate

from contracts.broker.actions import remove
from contracts.broker.runtime import Runtime
from contracts.broker.store import deployments, environments, labels, pacticipants, releases, versions, webhooks
from contracts.model.errors import BrokerError
from contracts.model.metadata import Metadata
from contracts.model.verifications import VerifierReport
from contracts.model.webhooks import Limits, NewWebhook, Side, WebhookRequest


NAMES = ("Till", "Shop/Web", "Ledger", "Stock")
BRANCHES = ("main", "feat/x", "old")
TAGS = ("dev", "prod", "a/b")
ENVIRONMENTS = ("test", "live")


class Moving:
    """A clock that a history moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


def live(broker: Runtime, seed: int, *, steps: int = 60, hidden: bool = False) -> None:
    """Play a history; with *hidden*, also data that no API shows: flags of results, revisions, former contents."""
    chance = random.Random(seed)  # noqa: S311, no secret
    _History(broker, chance, hidden=hidden).play(steps)


class _History:
    def __init__(self, broker: Runtime, chance: random.Random, *, hidden: bool) -> None:
        self.clock = Moving()
        broker.now = self.clock
        if hidden:
            broker.settings = replace(broker.settings, allow_dangerous_contract_modification=True)
        self.broker = broker
        self.chance = chance
        self.hidden = hidden
        self.estate = Estate(broker)
        self.published: list[tuple[str, str, str]] = []
        self.verified: list[tuple[str, str, str, str]] = []
        self.numbers: dict[str, list[str]] = {name: [] for name in NAMES}

    def play(self, steps: int) -> None:
        for each in ENVIRONMENTS:
            self.estate.environment(each)
            self.wait()
        kinds = [
            (self.publish, 8),
            (self.verify, 8),
            (self.join, 4),
            (self.deploy, 5),
            (self.release, 2),
            (self.undeploy, 1),
            (self.end_support, 1),
            (self.label, 1),
            (self.webhook, 1),
            (self.untag, 1),
            (self.remove_version, 1),
        ]
        for step in self.chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds], k=steps):
            self.wait()
            try:
                step()
            except BrokerError:
                continue  # a conflict, as in life

    def wait(self) -> None:
        self.clock.moment += timedelta(seconds=self.chance.choice((1, 5, 70, 40_000)))

    def some_version(self, name: str) -> str:
        """Return a new version, or sometimes an existing one."""
        numbers = self.numbers[name]
        if numbers and self.chance.random() < 0.3:
            return self.chance.choice(numbers)
        number = f"{len(numbers) + 1}.{self.chance.randrange(1000)}"
        numbers.append(number)
        return number

    def publish(self) -> None:
        consumer, provider = self.chance.choice(NAMES[:3]), self.chance.choice(NAMES[1:])
        number = self.some_version(consumer)
        branch = self.chance.choice((*BRANCHES, None))
        tags = tuple(self.chance.sample(TAGS, self.chance.choice((0, 0, 1, 2))))
        content = f"é{self.chance.randrange(4)}"
        self.estate.publish(consumer, number, content, branch=branch, tags=tags, provider=provider)
        self.published.append((consumer, number, provider))

    def verify(self) -> None:
        if not self.published:
            return
        consumer, number, provider = self.chance.choice(self.published)
        by = self.some_version(provider)
        if self.verified and self.chance.random() < 0.25:  # the same again, with another outcome perhaps
            consumer, number, provider, by = self.chance.choice(self.verified)
        self.verified.append((consumer, number, provider, by))
        if self.chance.random() < 0.6:
            branch, tags = self.chance.choice((*BRANCHES, None)), self.chance.sample(TAGS, self.chance.choice((0, 1)))
            self.estate.version(provider, by, branch=branch, tags=tuple(tags))
            self.wait()
        flags: dict[str, Any] = {}
        if self.hidden and self.chance.random() < 0.5:
            flags["metadata"] = Metadata(wip=self.chance.random() < 0.5, pending=self.chance.choice((True, False)))
        self.estate.verify(
            consumer,
            number,
            by=by,
            provider=provider,
            success=self.chance.random() < 0.7,
            build_url=self.chance.choice((None, "https://ci.example.org/1")),
            report=VerifierReport(
                verified_by=self.chance.choice(
                    (
                        {},
                        {"implementation": "pact_ffi", "version": "0.4"},
                        {"implementation": "x", "clientLanguage": {"name": "python", "testFramework": "pytest"}},
                    )
                ),
                test_results=self.chance.choice((None, [{"interactionId": "1", "success": True}], {"é": 1.50})),
            ),
            **flags,
        )

    def join(self) -> None:
        name = self.chance.choice(NAMES)
        branch, tags = self.chance.choice((*BRANCHES, None)), self.chance.sample(TAGS, self.chance.choice((0, 1)))
        self.estate.version(name, self.some_version(name), branch=branch, tags=tuple(tags))

    def deploy(self) -> None:
        name = self.chance.choice(NAMES)
        number = self.chance.choice(self.numbers[name] or ["none"])
        self.estate.deploy(name, number, self.chance.choice(ENVIRONMENTS), self.chance.choice((None, None, "blue", "")))

    def release(self) -> None:
        name = self.chance.choice(NAMES)
        self.estate.release(name, self.chance.choice(self.numbers[name] or ["none"]), self.chance.choice(ENVIRONMENTS))

    def undeploy(self) -> None:
        with self.broker.database.writing() as connection:
            if current := deployments.current(connection):
                deployments.undeploy(connection, self.chance.choice(current).uuid, self.broker.now())

    def end_support(self) -> None:
        with self.broker.database.writing() as connection:
            place = environments.get_by_name(connection, self.chance.choice(ENVIRONMENTS))
            if current := releases.current(connection, environment_id=place.id):
                releases.end_support(connection, self.chance.choice(current).uuid, self.broker.now())

    def label(self) -> None:
        with self.broker.database.writing() as connection:
            owner = pacticipants.find(connection, self.chance.choice(NAMES))
            labels.add(connection, owner.id, self.chance.choice(("team-x", "old")), self.broker.now())

    def webhook(self) -> None:
        consumer = self.chance.choice((None, Side(name=self.chance.choice(NAMES)), Side(label="team-x")))
        new = NewWebhook(
            description=self.chance.choice((None, "tell the others")),
            enabled=self.chance.random() < 0.8,
            consumer=consumer,
            provider=None,
            request=WebhookRequest(
                method="POST",
                url="https://ci.example.org/hook",
                headers={"content-type": "application/json"},
                body=self.chance.choice((None, "text", {"ref": "${pactbroker.consumerName}"})),
            ),
            events=self.chance.choice((("contract_published",), ("contract_content_changed", "contract_published"))),
        )
        if new.description is not None:
            consumers = NAMES[:2] if consumer is None else ()
            new = replace(new, limits=Limits(consumers=consumers, branches=("main", "feat/*"), labels=("old",)))
        with self.broker.database.writing() as connection:
            webhooks.create(connection, self.broker.token(), new, self.broker.now())

    def untag(self) -> None:
        name = self.chance.choice(NAMES)
        with self.broker.database.writing() as connection:
            owner = pacticipants.find(connection, name)
            version = versions.find(connection, owner.id, self.chance.choice(self.numbers[name] or ["none"]))
            remove.tag(connection, version, self.chance.choice(TAGS))

    def remove_version(self) -> None:
        name = self.chance.choice(NAMES if self.hidden else NAMES[3:])  # what nobody publishes any more is not shown
        with self.broker.database.writing() as connection:
            owner = pacticipants.find(connection, name)
            remove.version(
                connection, versions.find(connection, owner.id, self.chance.choice(self.numbers[name] or ["none"]))
            )
