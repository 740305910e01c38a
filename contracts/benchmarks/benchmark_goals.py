"""What was aimed at, beside the reference broker: so many times better, or a figure of its own.

The figures are what a question cannot take less than on such a machine, with room: an answer handed over, an indexed
query, a commit.
"""

from __future__ import annotations

from benchmark_report import LOADING


_TIMES = {
    LOADING: (15, 15),
    "matrix: one name, no limit, p50": (25, 15),
    "can-i-deploy: environment, p50": (12, 8),
    "can-i-deploy: environment, 30 providers, p50": (25, 20),
    "can-i-deploy: popular provider, p50": (25, 15),
    "for-verification, p50": (25, 15),
    "for-verification + WIP, p50": (25, 15),
    "pact: latest, p50": (6, 4),
    "pact: version, p50": (6, 4),
    "applications, p50": (15, 15),
    "dashboard (JSON), p50": (15, 15),
    "badge, p50": (5, 4),
    "page: index, p50": (15, 15),
    "publish, unchanged, p50": (15, 10),
    "publish, changed, p50": (15, 10),
    "verification result, p50": (12, 7),
}
_ALIKE = {
    "first answer, empty database": "under 1.0",
    "first answer, existing database": "under 0.8",
    "memory, loaded (PSS)": "under 90",
    "mixed load: answers a second": "150",
    "mixed load, p95": "under 120",
}


def goals(kind: str) -> dict[str, str]:
    """The goal for each figure that has one, over a database of *kind*: as a number, or as so many times better."""
    place = 0 if kind == "sqlite" else 1
    return _ALIKE | {name: f"{times[place]} times" for name, times in _TIMES.items()}
