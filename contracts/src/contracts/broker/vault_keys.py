"""The keys of the vault: 32 random bytes each, from a setting, a file or a command.

A source may contain several keys, separated by white space: the first one encrypts, all of them decrypt.
"""

from __future__ import annotations

import errno
import hmac
import os
import re
import secrets
import shlex
import subprocess
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BinasciiError
from dataclasses import dataclass, field
from pathlib import Path

from contracts.model.errors import Locked
from contracts.private_files import open_private


BYTES = 32
COMMAND_SECONDS = 30
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{43}=?")
_OTHERS = 0o077  # the permissions of group and others
_HOW = "`contracts secret generate-key` prints a new one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key and its *id*, which each ciphertext names and which reveals nothing about the key."""

    id: str
    material: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one *purpose*, from which nobody can compute the key, or the bytes for another purpose.

        The key is random, so one HMAC is enough (NIST SP 800-108).
        """
        return _derived(self.material, purpose)


def key_of(material: bytes) -> Key:
    """Return the key with this *material*."""
    return Key(id=_derived(material, "contracts key id")[:6].hex(), material=material)


def generate() -> str:
    """Return a new key as text."""
    return urlsafe_b64encode(secrets.token_bytes(BYTES)).decode()


def parse(text: str, source: str) -> tuple[Key, ...]:
    """Return the keys in *text*, which comes from *source*.

    Raises:
        Locked: if there is none, or one is not 32 bytes in base64. The message does not contain the text.
    """
    words = [word for line in text.splitlines() for word in line.partition("#")[0].split()]
    if not words:
        raise Locked(f"{source} contains no key. {_HOW}")
    keys = []
    for number, word in enumerate(words, 1):
        try:
            material = urlsafe_b64decode(word.replace("+", "-").replace("/", "_").rstrip("=") + "=")
        except BinasciiError:
            material = b""
        if not _BASE64.fullmatch(word) or len(material) != BYTES:
            raise Locked(f"Key {number} of {source} is not 32 bytes in base64. {_HOW}")
        keys.append(key_of(material))
    return tuple(keys)


def read_file(path: Path, source: str) -> tuple[Key, ...]:
    """Return the keys in the file at *path*, which only its owner may read.

    Raises:
        Locked: if others may read or change it, or it cannot be read, or contains no key.
    """
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and mode & _OTHERS:
                raise Locked(
                    f"Other users of this machine may access {source} (mode {mode & 0o777:o}), so its keys are not "
                    f"used. Run: chmod 600 {shlex.quote(str(path))}"
                )
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise Locked(f"{source} cannot be read: {reason}") from error
    return parse(text, source)


def run_command(command: str, source: str) -> tuple[Key, ...]:
    """Return the keys that *command* prints; it runs without a shell.

    Raises:
        Locked: if it fails, or prints no key. The message does not contain what it prints.
    """
    try:
        words = shlex.split(command)
        done = subprocess.run(  # noqa: S603, the operator's own command
            words, check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=COMMAND_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Locked(f"{source} did not end within {COMMAND_SECONDS} seconds") from None
    except (OSError, ValueError, IndexError) as error:
        raise Locked(f"{source} cannot be run: {error}") from error
    if done.returncode:
        raise Locked(f"{source} failed with exit status {done.returncode}")
    return parse(done.stdout.decode(errors="replace"), source)


def create_file(path: Path) -> None:
    """Create the file at *path* with a new key, for its owner alone, unless it exists.

    Another process may do the same at the same time: the file appears at once with its whole content.

    Raises:
        Locked: if it cannot be created.
    """
    _write(path, f"{generate()}\n", replace=False)


def add_to_file(path: Path) -> None:
    """Make a new key the first of those in the file at *path*, in one step.

    Raises:
        Locked: if it cannot be read or replaced.
    """
    read_file(path, str(path))
    _write(path, f"{generate()}\n{path.read_text(encoding='utf-8')}", replace=True)


def keep_first_in_file(path: Path) -> None:
    """Remove all keys but the first from the file at *path*, in one step.

    Raises:
        Locked: if it cannot be read or replaced.
    """
    first = read_file(path, str(path))[0]
    _write(path, f"{urlsafe_b64encode(first.material).decode()}\n", replace=True)


def _write(path: Path, text: str, *, replace: bool) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(open_private(draft, os.O_EXCL), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            _publish(draft, path)
    except OSError as error:
        raise Locked(
            f"The broker's secrets need the key file {path}, which cannot be written: {error.strerror}. Make its "
            "folder writable, or set PACT_BROKER_SECRETS_KEY"
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _publish(draft: Path, path: Path) -> None:
    """Give *draft* the name *path*, unless that exists."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EACCES} or path.exists():
            raise
        draft.rename(path)  # a file system without hard links


def _derived(material: bytes, purpose: str) -> bytes:
    return hmac.digest(material, purpose.encode(), "sha256")
