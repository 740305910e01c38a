"""The audit log: what changed or was refused. Only our broker has it with these fields."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from contracts.client import hal, navigation
from contracts.client.errors import UnexpectedAnswer
from contracts.client.nouns.addresses import Addresses
from contracts.model import audit
from contracts.model.audit import Entry, Unreadable


_AUDIT = "an audit log"
_PAGE_SIZE = 1_000


class AuditMethods(Addresses):
    """The audit log: what changed or was refused."""

    def audit_entries(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        subject: str | None = None,
        kind: str | None = None,
        name: str | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        """Yield the first *limit* entries, or all; times are texts such as `2026-11-28T20:15:00Z`.

        *name* is a part of a name, a path or an account.

        Raises:
            Invalid: if the broker does not understand a time or the kind.
            NotSupported: if the broker has no audit log.
        """
        address = navigation.query(
            self._to.relation("pb:audit", _AUDIT),
            since=since,
            until=until,
            subject=subject,
            type=kind,
            name=name,
            sort="-timestamp" if newest_first else None,
            pageSize=str(_PAGE_SIZE if limit is None else max(1, min(limit, _PAGE_SIZE))),
        )
        return islice(self._audit_entries(address), limit)

    def _audit_entries(self, address: str) -> Iterator[Entry]:
        for page in self._to.pages(address):
            for event in hal.objects(page.get("events") or [], "events"):
                try:
                    yield audit.read_entry(event)
                except Unreadable as error:
                    raise UnexpectedAnswer(f"An event of the broker's audit log cannot be read: {error}") from error
