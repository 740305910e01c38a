"""Write an archive into a Pact Broker or PactFlow, through its public API.

Existing data stays as it is, so the same call continues after an interruption, and a second one changes nothing.
Webhooks come last, so that they are not triggered. Data that the API cannot transfer, or that the broker refuses,
becomes a Gap among the steps.

The order prevents side effects: environments after tags, which deploy to an environment of the same name; webhooks
after everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from contracts.client import hal
from contracts.client.archive.contracts import Contracts
from contracts.client.archive.places import Places
from contracts.client.archive.replay_steps import Done, Outline
from contracts.client.broker import Broker
from contracts.client.errors import Conflict, Invalid, NotFound, NotSupported
from contracts.client.hal import JsonObject
from contracts.client.navigation import Navigator
from contracts.client.webhooks import Webhook as NewWebhook
from contracts.client.webhooks import WebhookRequest
from contracts.model.archive.records import (
    ArchiveError,
    DataRecord,
    Environment,
    Gap,
    Pacticipant,
    Record,
    Version,
    Webhook,
    name,
)


_Kept = TypeVar("_Kept", bound="DataRecord")
_FIELDS = {
    "displayName": "display_name",
    "repositoryUrl": "repository_url",
    "repositoryName": "repository_name",
    "repositoryNamespace": "repository_namespace",
    "mainBranch": "main_branch",
}
_NEVER = (
    Gap(
        what="dates",
        reason="a broker sets them itself, but for those of verifications; pending and work in progress go by them",
        inherent=True,
    ),
    Gap(what="numbers of results", reason="a broker counts them itself; their order is kept", inherent=True),
    Gap(what="uuids of environments, deployments and releases", reason="a broker chooses them itself", inherent=True),
)


def replay(
    broker: Broker, to: Navigator, records: Callable[[], Iterable[Record]], *, fire_webhooks: bool
) -> Iterator[Done | Gap]:
    """Write the *records*, which can be read more than once, into *broker*; yield the outcome of each.

    Raises:
        ArchiveError: if enabled webhooks of the broker would be triggered, unless they may *fire*.
    """
    return _Replay(broker, to, records, fire_webhooks=fire_webhooks).steps()


class _Replay:
    def __init__(
        self, broker: Broker, to: Navigator, records: Callable[[], Iterable[Record]], *, fire_webhooks: bool
    ) -> None:
        self._broker = broker
        self._to = to
        self._records = records
        self._quiet = fire_webhooks
        self._outline = Outline.of(records())
        self._there: dict[tuple[str, str], JsonObject] = {}  # the versions as they were before, if they existed

    def steps(self) -> Iterator[Done | Gap]:
        outline = self._outline
        yield from self._each(outline.pacticipants, self._pacticipant)
        yield from self._each(outline.versions, self._version)
        yield from self._branches()
        yield from self._tags()
        contracts = Contracts(self._broker, self._to, outline, self._there.keys(), self._require_quiet)
        yield from contracts.steps(self._records())
        yield from self._each(outline.environments, self._environment)
        yield from Places(self._to, outline, self._there.keys()).steps()
        yield from self._main_branches()
        yield from self._each(outline.webhooks, self._webhook)
        yield from (*_NEVER, *outline.gaps, *self._lost(), *contracts.lost())

    def _each(self, records: Iterable[_Kept], write: Callable[[_Kept], bool]) -> Iterator[Done | Gap]:
        for record in records:
            try:
                yield Done(kind=record.kind, added=write(record))
            except (Invalid, Conflict, NotFound, NotSupported) as error:
                yield Gap(what=name(record), reason=str(error))

    def _require_quiet(self) -> None:
        """Refuse to raise events for which webhooks listen."""
        if self._quiet:
            return
        enabled = sum(each.enabled for each in self._broker.webhooks())
        if enabled:
            hooks = "webhook, which" if enabled == 1 else "webhooks, which"
            raise ArchiveError(
                f"{self._broker.base_url} has {enabled} enabled {hooks} every contract and result that is written "
                "now would set off: disable them until this is done, or give --fire-webhooks."
            )
        self._quiet = True

    def _pacticipant(self, record: Pacticipant) -> bool:
        address = self._to.relation("pb:pacticipant", "pacticipants", pacticipant=record.name)
        fields = {key: value for key, attribute in _FIELDS.items() if (value := getattr(record, attribute)) is not None}
        try:
            document = self._to.get(address)
        except NotFound:
            listed = self._to.relation("pb:pacticipants", "creating pacticipants")
            document = self._to.send("POST", listed, {"name": record.name} | fields)
            added = True
        else:
            added = False
            if any(document.get(key) != value for key, value in fields.items()):
                self._to.merge(address, fields)
        labels = {hal.text(each, "name") for each in hal.embedded(document, "labels")}
        for label in record.labels:
            if label not in labels:
                self._to.send("PUT", f"{address}/labels/{hal.segment(label)}", {})
        return added

    def _version(self, record: Version) -> bool:
        key = record.pacticipant, record.number
        address = self._to.relation(
            "pb:pacticipant-version", "versions", pacticipant=record.pacticipant, version=record.number
        )
        build = {} if record.build_url is None else {"buildUrl": record.build_url}
        try:
            self._there[key] = self._to.get(address)
        except NotFound:
            self._to.merge(address, build)
        else:
            if build and self._there[key].get("buildUrl") != record.build_url:
                self._to.merge(address, build)
        return key not in self._there

    def _names(self, version: tuple[str, str], listed: str) -> set[str]:
        """The branches or tags that a *version* had before."""
        if (document := self._there.get(version)) is None:
            return set()
        return {hal.text(each, "name") for each in hal.embedded(document, listed)}

    def _branches(self) -> Iterator[Done | Gap]:
        """Add versions to branches in the order in which they joined them; add a head again if it is not one then."""
        joined = sorted(
            ((version, branch) for version in self._outline.versions for branch in version.branches),
            key=lambda each: each[1].created_at,
        )
        before = {
            (owner, name) for owner, number in self._there for name in self._names((owner, number), "branchVersions")
        }
        heads: dict[tuple[str, str], str] = {}
        last: dict[tuple[str, str], str] = {}
        for version, branch in joined:
            key = version.pacticipant, branch.name
            last[key] = version.number
            if branch.latest:
                heads[key] = version.number
            if branch.name not in self._names((version.pacticipant, version.number), "branchVersions"):
                self._broker.add_branch(pacticipant=key[0], version=version.number, branch=key[1])
        for record in self._outline.branches:
            key = record.pacticipant, record.name
            if key not in heads:
                yield Gap(what=name(record), reason="it has no version, and a broker makes none without", inherent=True)
                continue
            number = heads[key]
            if (key in before or last[key] != number) and self._head(*key) != number:
                self._to.send("DELETE", self._branch_version(*key, number))
                self._broker.add_branch(pacticipant=key[0], version=number, branch=key[1])
            yield Done(kind=record.kind, added=key not in before)

    def _head(self, pacticipant: str, branch: str) -> str:
        path = f"/pacticipants/{hal.segment(pacticipant)}/branches/{hal.segment(branch)}/latest-version"
        return hal.text(self._to.get(self._to.below(path)), "number")

    def _branch_version(self, pacticipant: str, branch: str, number: str) -> str:
        return self._to.relation(
            "pb:pacticipant-branch-version", "branches", pacticipant=pacticipant, branch=branch, version=number
        )

    def _tags(self) -> Iterator[Done | Gap]:
        """Tag the versions; if a broker takes the first tag of a young version for its branch, undo that."""
        for record in self._outline.versions:
            key = record.pacticipant, record.number
            before = self._names(key, "tags")
            new = [each.name for each in record.tags if each.name not in before]
            for tag in new:
                self._broker.tag(pacticipant=key[0], version=key[1], tag=tag)
            if new and not record.branches:
                self._leave_branches(key)
            yield from (Done(kind="tag", added=each.name in new) for each in record.tags)

    def _leave_branches(self, key: tuple[str, str]) -> None:
        pacticipant, number = key
        address = self._to.relation("pb:pacticipant-version", "versions", pacticipant=pacticipant, version=number)
        ours = {(each.pacticipant, each.name) for each in self._outline.branches}
        for each in hal.embedded(self._to.get(address), "branchVersions"):
            branch = hal.text(each, "name")
            self._to.send("DELETE", self._branch_version(pacticipant, branch, number))
            if (pacticipant, branch) not in ours:
                self._broker.delete_branch(pacticipant=pacticipant, branch=branch)

    def _environment(self, record: Environment) -> bool:
        for each in self._broker.environments():
            if each.name == record.name:
                if each.production is not record.production:
                    raise Conflict(
                        f"it exists, and {'is' if each.production else 'is not'} for production: change it there"
                    )
                return False
        body = {"name": record.name, "displayName": record.display_name, "production": record.production}
        body |= {} if record.contacts is None else {"contacts": record.contacts}
        self._to.send("POST", self._to.relation("pb:environments", "environments"), body)
        return True

    def _main_branches(self) -> Iterator[Gap]:
        """Undo the main branches that a broker chose itself."""
        for record in self._outline.pacticipants:
            if record.main_branch is not None:
                continue
            address = self._to.relation("pb:pacticipant", "pacticipants", pacticipant=record.name)
            if self._to.get(address).get("mainBranch") is None:
                continue
            if (chosen := self._to.merge(address, {"mainBranch": None}).get("mainBranch")) is not None:
                reason = f"the broker chose {chosen} itself, because there was none"
                yield Gap(what=f"the main branch of {record.name}", reason=reason)

    def _webhook(self, record: Webhook) -> bool:
        try:
            self._broker.webhook(record.uuid)
        except NotFound:
            request = WebhookRequest(
                url=record.url,
                method=record.method,
                headers=record.headers or {},
                body=record.body,
                username=record.username,
                password=record.password,
            )
            new = NewWebhook(
                events=record.events,
                request=request,
                description=record.description,
                consumer=record.consumer,
                consumer_label=record.consumer_label,
                provider=record.provider,
                provider_label=record.provider_label,
                enabled=record.enabled,
                consumers=record.consumers or (),
                branches=record.branches or (),
                labels=record.labels or (),
            )
            self._broker.put_webhook(record.uuid, new)
            return True
        return False

    def _lost(self) -> Iterator[Gap]:
        outline = self._outline
        if outline.revisions:
            what = _counted(outline.revisions, "earlier revision of a pact", "earlier revisions of pacts")
            yield Gap(what=what, reason="a broker cannot store replaced pacts", inherent=True)
        published = {(consumer, provider) for consumer, provider, _ in outline.pacts}
        empty = sum((each.consumer, each.provider) not in published for each in outline.integrations)
        if empty:
            what = _counted(
                empty, "pair of applications without a contract", "pairs of applications without a contract"
            )
            yield Gap(what=what, reason="a broker lists a pair by its contracts", inherent=True)
        if outline.attested:
            what = _counted(outline.attested, "attestation", "attestations")
            yield Gap(what=what, reason="only the token of a build attests a result", inherent=True)
        automatic = Counter(each.auto_created for each in outline.deployments)[True]
        if automatic:
            what = _counted(automatic, "deployment by a tag", "deployments by tags")
            yield Gap(what=what, reason="it becomes an ordinary deployment", inherent=True)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
