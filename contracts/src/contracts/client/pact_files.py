"""Pact files: found, read, and refused by name if no broker would accept them.

The rules are the broker's own (`contracts.model.strict_json`, `contracts.model.names`), so a folder with one unusable
file is refused before the first file is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.client.documents import Contract
from contracts.client.errors import UsageError
from contracts.model import names, strict_json


MOST_REQUEST_BYTES = 33_554_432
"""The largest request that our broker accepts by default (PACT_BROKER_MAX_BODY_BYTES)."""

ENVELOPE_BYTES = 16_384  # the rest of a request: names, tags, addresses

_MOST_SHOWN = 20


class NotPublishable(UsageError):
    """The pact files, or the options, cannot be published; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PactFile:
    """A pact in the file *path*: its *text* without a byte order mark, and as the JSON *document*."""

    path: Path
    consumer: str
    provider: str
    text: str
    document: dict[str, Any]


def files(paths: Iterable[Path]) -> list[Path]:
    """Return the pact files of *paths*; a folder means its *.json files.

    Raises:
        NotPublishable: if a path does not exist, or no file is found.
    """
    named = list(paths)
    pact_files: list[Path] = []
    for path in named:
        if not path.exists():
            raise NotPublishable(
                f"The pact file or folder {path} does not exist. Check where the consumer's tests write pacts."
            )
        pact_files += sorted(each for each in path.glob("*.json") if not each.is_dir()) if path.is_dir() else [path]
    if not pact_files:
        where = ", ".join(str(path) for path in named) or "no path given"
        raise NotPublishable(f"No pact files were found ({where}). Run the consumer's pact tests first.")
    return list(dict.fromkeys(pact_files))


def read_all(
    paths: Iterable[Path], *, pacticipant: str | None = None, most_bytes: int = MOST_REQUEST_BYTES
) -> list[PactFile]:
    """Read every pact file of *paths*, in order; sending one may take *most_bytes* at most.

    Raises:
        NotPublishable: with every file that cannot be published, and why; if no file is found; or if one is a pact of
            another consumer than *pacticipant*.
    """
    pacts: list[PactFile] = []
    faults: list[str] = []
    for path in files(paths):
        try:
            _require_size(path, most_bytes)
            pact = read_file(path)
            _require_consumer(pact, pacticipant)
        except NotPublishable as error:
            faults.append(str(error))
        else:
            pacts.append(pact)
    if faults:
        hidden = len(faults) - _MOST_SHOWN
        more = [f"… and {hidden} more files."] if hidden > 0 else []
        raise NotPublishable("\n".join([*faults[:_MOST_SHOWN], *more]))
    return pacts


def read_pact(path: Path) -> Contract:
    """Read the pact in the file *path* for publishing.

    Raises:
        NotPublishable: as `read_file`.
    """
    pact = read_file(path)
    return Contract(consumer=pact.consumer, provider=pact.provider, content=pact.text.encode())


def read_file(path: Path) -> PactFile:
    """Read the pact in the file *path*; a UTF-8 byte order mark is skipped.

    Raises:
        NotPublishable: if it cannot be read, is not strict JSON, or does not name its consumer and provider.
    """
    try:
        content = strict_json.without_mark(path.read_bytes())
        document = strict_json.parse(content, unique_keys=True)
    except OSError as error:
        raise NotPublishable(f"{path} cannot be read: {error.strerror}.") from error
    except strict_json.NotReadable as error:
        raise NotPublishable(
            f"{path} {error}. Write it as JSON in UTF-8, or remove it and run the consumer's tests again."
        ) from error
    if not isinstance(document, dict):
        raise NotPublishable(f"{path} is not a pact: it does not name its consumer.")
    return PactFile(
        path=path,
        consumer=_party(document, "consumer", path),
        provider=_party(document, "provider", path),
        text=content.decode(),
        document=document,
    )


def require_name(text: str, what: str) -> None:
    """Check that brokers accept *text* as the name of *what*.

    Raises:
        NotPublishable: with the rule that it breaks.
    """
    if fault := names.problem(text):
        raise NotPublishable(f"{what} {fault}.")


def sent_bytes(content_bytes: int) -> int:
    """Return the bytes that a content of *content_bytes* takes in a request: Base64 and names."""
    return (content_bytes + 2) // 3 * 4 + 12_500  # two names of 500 characters, twelve bytes each where escaped


def _require_size(path: Path, most_bytes: int) -> None:
    """Check the size of a file before it is read."""
    size = path.stat().st_size if path.is_file() else 0
    if ENVELOPE_BYTES + sent_bytes(size) > most_bytes:
        raise NotPublishable(
            f"{path} is too large: its {size:,} bytes take {sent_bytes(size):,} to send, and a request may have "
            f"{most_bytes:,}. Raise PACT_BROKER_MAX_BODY_BYTES at the broker and --max-request-bytes here, or split "
            "the pact."
        )


def _party(document: dict[str, Any], role: str, path: Path) -> str:
    party = document.get(role)
    name = party.get("name") if isinstance(party, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise NotPublishable(f"{path} is not a pact: it does not name its {role}.")
    require_name(name, f"{path}: the name of the {role}")
    return name


def _require_consumer(pact: PactFile, pacticipant: str | None) -> None:
    if pacticipant is not None and pact.consumer != pacticipant:
        raise NotPublishable(
            f"{pact.path} is a pact of consumer {pact.consumer!r}, but the pacts of {pacticipant!r} are to be "
            "published. Remove the file, or publish it as its own consumer."
        )
