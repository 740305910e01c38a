"""The vault: encrypts the secrets that the database stores, and derives keys for signatures.

Its keys come from the settings, or else from a file beside the SQLite database, which is created when it is first
needed.
A ciphertext is `sealed:v1:KEY:DATA`: the id of its key, and nonce and AES-GCM data in base64.
"""

from __future__ import annotations

import re
import secrets
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BinasciiError
from pathlib import Path

from contracts.broker import vault_keys
from contracts.broker.settings import Settings
from contracts.broker.store import audit_trail, signing_seeds
from contracts.broker.store.database import Database
from contracts.broker.vault_keys import Key
from contracts.model.errors import Locked


KEY_FILE_SUFFIX = ".key"
_SEALED = re.compile(r"(sealed:v1:([0-9a-f]{12}):)([A-Za-z0-9_-]+=*)")
_NONCE = 12  # bytes
_ENCRYPTION = "contracts encryption"
_NO_KEY = (
    "This broker has no key for secrets, so it stores none. The operator sets PACT_BROKER_SECRETS_KEY, "
    "PACT_BROKER_SECRETS_KEY_FILE or PACT_BROKER_SECRETS_KEY_COMMAND (`contracts secret generate-key` prints a new key)"
)

Mark = tuple[int, int, int]
"""What changes when a file is replaced: its inode, size and time."""


class Vault:
    """The keys of the broker with these *settings* and this *database*; they are read when they are first needed."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._lock = threading.Lock()
        self._keys: tuple[Key, ...] = ()
        self._mark: Mark | None = None
        self._seeded: Key | None = None

    @property
    def file(self) -> Path | None:
        """The file of the keys: that of the settings, or else the one beside the SQLite database."""
        if self._settings.secrets_key_file:
            return Path(self._settings.secrets_key_file)
        if self._settings.secrets_key or self._settings.secrets_key_command or self._database.file.path is None:
            return None
        return self._database.file.path.with_name(self._database.file.path.name + KEY_FILE_SUFFIX)

    @property
    def has_key(self) -> bool:
        """Whether secrets can be encrypted: the settings name a key, or it is beside the SQLite database."""
        return self._settings.configures_keys or self.file is not None

    def require(self) -> None:
        """Read the keys that the settings name, if they name any.

        Raises:
            Locked: if they cannot be used.
        """
        if self._settings.configures_keys:
            self._ring()

    def key_ids(self) -> tuple[str, ...]:
        """Return the ids of the keys, the one that encrypts first; empty without a key. Creates no file."""
        file = self.file
        if not self._settings.configures_keys and (file is None or not file.exists()):
            return ()
        return tuple(each.id for each in self._ring())

    def first_key_id(self) -> str:
        """Return the id of the key that encrypts.

        Raises:
            Locked: if there is none, or it cannot be used.
        """
        return self._ring()[0].id

    def encrypt(self, text: str) -> str:
        """Return *text* encrypted.

        Raises:
            Locked: if there is no key, or it cannot be used.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415, most starts do not need it

        key = self._ring()[0]
        head = f"sealed:v1:{key.id}:"
        nonce = secrets.token_bytes(_NONCE)
        data = AESGCM(key.derive(_ENCRYPTION)).encrypt(nonce, text.encode(), head.encode())
        return head + urlsafe_b64encode(nonce + data).decode()

    def decrypt(self, sealed: str) -> str:
        """Return the text that `encrypt` made *sealed* of.

        Raises:
            Locked: if its key is missing, or it was changed.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        if (parts := _SEALED.fullmatch(sealed)) is None:
            raise Locked("A stored secret is damaged: it is not in the format of this broker. Enter it again")
        head, key_id, encoded = parts.groups()
        key = next((each for each in self._ring() if each.id == key_id), None)
        if key is None:
            raise Locked(missing(key_id))
        try:
            data = urlsafe_b64decode(encoded)
            cipher = AESGCM(key.derive(_ENCRYPTION))
            return cipher.decrypt(data[:_NONCE], data[_NONCE:], head.encode()).decode()
        except (InvalidTag, BinasciiError, ValueError) as error:
            raise Locked("A stored secret is damaged: somebody changed it in the database. Enter it again") from error

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one *purpose*, such as signing, which all processes of this broker share.

        They stay the same until another key becomes the first one. Without a key they come from a random seed in the
        database. Call this outside of a transaction.

        Raises:
            Locked: if a key is configured and cannot be used.
        """
        return (self._ring()[0] if self.has_key else self._seed()).derive(f"contracts derivation: {purpose}")

    def _ring(self) -> tuple[Key, ...]:
        """Return the keys; a file is read again when it changes, so that a rotation needs no restart."""
        file = self.file
        with self._lock:
            mark = None if file is None else _mark(file)
            if not self._keys or mark != self._mark:
                self._keys = self._read(file)
                self._mark = None if file is None else _mark(file)
            return self._keys

    def _read(self, file: Path | None) -> tuple[Key, ...]:
        settings = self._settings
        if settings.secrets_key:
            return vault_keys.parse(settings.secrets_key, "PACT_BROKER_SECRETS_KEY")
        if settings.secrets_key_command:
            return vault_keys.run_command(settings.secrets_key_command, "PACT_BROKER_SECRETS_KEY_COMMAND")
        if file is not None:
            if not (settings.secrets_key_file or self._keys or file.exists()):
                vault_keys.create_file(file)
            return vault_keys.read_file(file, f"The key file {file}")
        raise Locked(_NO_KEY)

    def _seed(self) -> Key:
        with self._lock:
            if self._seeded is None:
                with self._database.reading() as connection:
                    seed = signing_seeds.get(connection)
                if seed is None:
                    with audit_trail.unrecorded(), self._database.writing() as connection:
                        seed = signing_seeds.add(connection, vault_keys.generate())
                (self._seeded,) = vault_keys.parse(seed, "The database")
            return self._seeded


def missing(key_id: str) -> str:
    """Return what to do about a missing key."""
    return (
        f"A secret was encrypted with the key {key_id}, which this broker does not have. Add that key after the first "
        "one (PACT_BROKER_SECRETS_KEY, or the key file), or enter the secret again"
    )


def _mark(file: Path) -> Mark | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
