"""Pact files: find them, read them, and refuse what no broker would take, each by the name of its file.

The rules are the broker's own (`contracts.model.strict_json`, `contracts.model.names`), so that a folder of which one
file is unusable is refused before the first of them is sent.
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
"""The size of a request that our broker takes unless its operator says otherwise (PACT_BROKER_MAX_BODY_BYTES)."""

ENVELOPE_BYTES = 16_384  # what a request holds apart from its contracts: names, tags, addresses

_MOST_SHOWN = 20


class NotPublishable(UsageError):
    """The pact files, or the options, cannot be published as they are; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PactFile:
    """The pact in the file *path*: *text* as it is spelled, without a byte order mark, and *document* as JSON."""

    path: Path
    consumer: str
    provider: str
    text: str
    document: dict[str, Any]


def files(paths: Iterable[Path]) -> list[Path]:
    """The pact files of *paths*: a file as it is, a folder for the *.json files in it.

    Raises:
        NotPublishable: if a path does not exist, or there is no file at all.
    """
    named = list(paths)
    pact_files: list[Path] = []
    for path in named:
        if not path.exists():
            raise NotPublishable(f"There is no pact file or folder {path}. Do the consumer's tests write there?")
        pact_files += sorted(each for each in path.glob("*.json") if not each.is_dir()) if path.is_dir() else [path]
    if not pact_files:
        where = ", ".join(str(path) for path in named) or "no path given"
        raise NotPublishable(f"No pact files were found ({where}). Run the consumer's pact tests first.")
    return list(dict.fromkeys(pact_files))


def read_all(
    paths: Iterable[Path], *, pacticipant: str | None = None, most_bytes: int = MOST_REQUEST_BYTES
) -> list[PactFile]:
    """Every pact file of *paths*, in order; none that takes more than *most_bytes* to send.

    Raises:
        NotPublishable: naming every file that cannot be published, and why; if no file is found; or if one is a pact
            of another consumer than *pacticipant*.
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
    """The pact in the file *path*, ready to be published.

    Raises:
        NotPublishable: as `read_file`.
    """
    pact = read_file(path)
    return Contract(consumer=pact.consumer, provider=pact.provider, content=pact.text.encode())


def read_file(path: Path) -> PactFile:
    """The pact in the file *path*; a UTF-8 byte order mark at its beginning is passed over.

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
    """Refuse *text* where no broker takes it as the name of *what*.

    Raises:
        NotPublishable: with the rule that it breaks.
    """
    if fault := names.problem(text):
        raise NotPublishable(f"{what} {fault}.")


def sent_bytes(content_bytes: int) -> int:
    """The bytes that a content of *content_bytes* takes in a request: Base64, and the names beside it."""
    return (content_bytes + 2) // 3 * 4 + 12_500  # two names of 500 characters, twelve bytes each where escaped


def _require_size(path: Path, most_bytes: int) -> None:
    """Refuse a file before it is read into memory."""
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
