"""Waiting for a verdict: what a question waits for, and which changes of the data concern it.

A question waits while its verdict is unknown and a verification job promises one of the missing results.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


MOST_SECONDS = 120
"""The longest time that a request may wait."""

Subject = frozenset[int]
"""The ids of the applications that a change is about: a pair for a result or a pact, one for a deployment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What an unknown verdict waits for: jobs whose result is expected, and the applications that it is about."""

    job_ids: frozenset[int]
    pacticipant_ids: frozenset[int]

    def is_concerned(self, subjects: Iterable[Subject]) -> bool:
        """Return whether a change with one of these *subjects* can change the verdict.

        >>> verdict = Awaited(job_ids=frozenset({7}), pacticipant_ids=frozenset({1, 2}))
        >>> verdict.is_concerned([frozenset({1, 2})]), verdict.is_concerned([frozenset({1, 3})])
        (True, False)
        """
        return any(each <= self.pacticipant_ids for each in subjects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed since the last look: the *subjects* of new rows, and the jobs whose result is still expected."""

    subjects: frozenset[Subject]
    expected_job_ids: frozenset[int]

    def concern(self, awaited: Awaited) -> bool:
        """Return whether they can change the verdict that waits for *awaited*."""
        return not awaited.job_ids <= self.expected_job_ids or awaited.is_concerned(self.subjects)
