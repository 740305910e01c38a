"""Files that carry pacts to a run without access to the broker, and its results back.

A pull request from a fork gets no secrets, so its run cannot ask a broker. A run of the repository writes the pacts to
a file (`collect`, `write_pacts`); the run of the fork verifies that file and writes its results to another one
(`write_results`); a run of the repository publishes those (`published_from`). The results were written by code of the
fork, so only their outcomes are used, and only for pacts that the broker selects. The provider, the version and the
branch come from the run that publishes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from contracts.client import UsageError
from contracts.client.documents import Pact, pact_from
from contracts.client.hal import JsonObject
from contracts.model import strict_json


PACTS: Final = "contracts-pacts/1"
RESULTS: Final = "contracts-results/1"
MOST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledPact:
    """One pact with its links, as the broker sent it from *url*."""

    url: str
    pending: bool
    document: JsonObject

    @property
    def pact(self) -> Pact:
        """The pact, typed."""
        return pact_from(self.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class PactResult:
    """The outcome of verifying the pact at *url*, with the *test_results* of its interactions."""

    url: str
    success: bool
    test_results: tuple[JsonObject, ...]


def write_pacts(path: Path, provider: str, pacts: Iterable[BundledPact]) -> None:
    """Write the *pacts* that *provider* has to verify to the file *path*."""
    entries = [{"url": each.url, "pending": each.pending, "pact": each.document} for each in pacts]
    _write(path, {"format": PACTS, "provider": provider, "pacts": entries})


def read_pacts(path: Path, provider: str) -> tuple[BundledPact, ...]:
    """Read the pacts of *provider* from the file *path*.

    Raises:
        UsageError: if the file cannot be read, has another format, or has pacts of another provider.
    """
    document = _read(path, PACTS, provider)
    return tuple(
        BundledPact(
            url=_text(path, entry, "url"),
            pending=entry.get("pending") is True,
            document=_object(path, entry.get("pact")),
        )
        for entry in _list(path, document, "pacts")
    )


def write_results(path: Path, provider: str, results: Iterable[PactResult]) -> None:
    """Write the *results* of a run of *provider* to the file *path*."""
    entries = [{"url": each.url, "success": each.success, "testResults": list(each.test_results)} for each in results]
    _write(path, {"format": RESULTS, "provider": provider, "results": entries})


def read_results(path: Path, provider: str) -> tuple[PactResult, ...]:
    """Read the results of *provider* from the file *path*, which anyone may have written.

    Raises:
        UsageError: if the file cannot be read, has another format, is about another provider, or has two results of a
            pact.
    """
    document = _read(path, RESULTS, provider)
    results: dict[str, PactResult] = {}
    for entry in _list(path, document, "results"):
        url, success = _text(path, entry, "url"), entry.get("success")
        if not isinstance(success, bool):
            raise UsageError(f"{path} has no outcome for {url!r}.")
        if url in results:
            raise UsageError(f"{path} has two results of {url!r}.")
        tests = tuple(_list(path, entry, "testResults"))
        results[url] = PactResult(url=url, success=success, test_results=tests)
    return tuple(results.values())


def _write(path: Path, document: Mapping[str, Any]) -> None:
    try:
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error


def _read(path: Path, kind: str, provider: str) -> JsonObject:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path} is larger than {MOST_BYTES:,} bytes.")
        document = strict_json.parse(path.read_bytes(), unique_keys=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    except strict_json.NotReadable as error:
        raise UsageError(f"{path} {error}.") from error
    if not isinstance(document, dict) or document.get("format") != kind:
        raise UsageError(f"{path} is not a file of the format {kind}. Write it with this version of contracts.")
    if document.get("provider") != provider:
        raise UsageError(f"{path} is about the provider {document.get('provider')!r}, not {provider!r}.")
    return document


def _list(path: Path, document: Mapping[str, Any], key: str) -> list[JsonObject]:
    value = document.get(key)
    if not isinstance(value, list):
        raise UsageError(f"{path} has no list {key!r}.")
    return [_object(path, each) for each in value]


def _object(path: Path, value: object) -> JsonObject:
    if not isinstance(value, dict):
        raise UsageError(f"{path} has something else where a JSON object belongs.")
    return value


def _text(path: Path, document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value:
        raise UsageError(f"{path} has an entry without {key!r}.")
    return value
