"""The folder .contracts/ of fake-ci and `invoke broker`: the database of the embedded broker, logs, built trees."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from filelock import FileLock, Timeout

from contracts.ci import detection, git, interrupts
from contracts.client import UsageError
from contracts.fake_ci import processes


PORT = 9292
KEPT_TREES = 10
_TRIES = 3
_PORT_TAKEN = "Port {} on 127.0.0.1 cannot be used"  # what a broker prints
# The version of a kept tree, which contains a digest. A version from a broker may be any text.
_KEPT = re.compile(r"(files-|[0-9a-f]{40}\+|[0-9a-f]{64}\+)[0-9a-f]+")
# The embedded broker soon sends a failed webhook again.
BROKER_SETTINGS = {
    "PACT_BROKER_LOG_LEVEL": "warning",
    "PACT_BROKER_WEBHOOK_RETRY_SCHEDULE": "1 1 2 2 5 5 10 10 30 60",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """The folder .contracts/ of the repository at *root*."""

    root: Path

    @property
    def folder(self) -> Path:
        """The folder, created if it does not exist; git ignores it."""
        folder = self.root / ".contracts"
        if not (folder / ".gitignore").exists():
            folder.mkdir(exist_ok=True)
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        return folder

    @property
    def logs(self) -> Path:
        """The folder for logs, created if it does not exist."""
        logs = self.folder / "logs"
        logs.mkdir(exist_ok=True)
        return logs

    @contextmanager
    def used(self, activity: str) -> Iterator[None]:
        """Run *activity* until the block ends; only one process can run it, and nobody can `clear` the folder.

        Raises:
            UsageError: if another process runs *activity*.
        """
        locks = self.folder / "locks"
        locks.mkdir(exist_ok=True)
        try:
            lock = FileLock(locks / f"{activity}.lock", timeout=0).acquire()
        except Timeout:
            raise self._is_running(activity) from None
        with lock:
            (locks / activity).write_text(str(os.getpid()), encoding="utf-8")
            yield

    def clear(self) -> None:
        """Delete everything in the folder.

        Raises:
            UsageError: if a process uses it.
        """
        for path in sorted((self.folder / "locks").glob("*.lock")):
            try:
                with FileLock(path, timeout=0):
                    pass
            except Timeout:
                raise self._is_running(path.stem) from None
        shutil.rmtree(self.folder)

    def _is_running(self, activity: str) -> UsageError:
        process = (self.folder / "locks" / activity).read_text(encoding="utf-8")
        return UsageError(f"{activity} is running here (pid {process}): stop it first.")

    def clear_logs(self) -> None:
        """Delete the logs of earlier runs."""
        shutil.rmtree(self.logs)

    def broker_command(self, port: int) -> list[str]:
        """Return the command that serves the embedded broker on *port*, with the database in this folder."""
        database = f"sqlite:///{self.folder / 'broker.sqlite3'}"
        return [sys.executable, "-m", "contracts.broker", "--port", str(port), "--database-url", database]

    def serve(self, port: int) -> int:
        """Serve the embedded broker on *port* until an interrupt; return its exit status.

        Raises:
            UsageError: if another process serves it.
        """
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PACT_BROKER_")}
        with (
            interrupts.interruptible(),
            self.used("invoke broker"),
            subprocess.Popen(self.broker_command(port), env=inherited | BROKER_SETTINGS) as process,  # noqa: S603, a command of ours
        ):
            try:
                return process.wait()
            except KeyboardInterrupt:
                process.terminate()  # the interrupt may not have reached it
                return 0

    @contextmanager
    def broker(
        self, preferred_port: int = PORT, *, webhooks_to: str = "", settings: Mapping[str, str] = MappingProxyType({})
    ) -> Iterator[str]:
        """Serve the embedded broker in its own process; yield its base URL, with another port if that one is taken.

        Its webhooks may be sent to *webhooks_to*, a HOST:PORT, over http, and to no other server on this machine.
        *settings* are more of its variables.

        Raises:
            ServerError: if it does not start.
        """
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PACT_BROKER_")}
        environ = inherited | BROKER_SETTINGS | dict(settings)
        if webhooks_to:
            environ["PACT_BROKER_WEBHOOK_HOST_WHITELIST"] = webhooks_to
            environ["PACT_BROKER_WEBHOOK_SCHEME_WHITELIST"] = "http"
        with ExitStack() as stack:
            for left in reversed(range(_TRIES)):
                port = processes.free_port(preferred_port)
                url = f"http://127.0.0.1:{port}"
                served = processes.running(
                    self.broker_command(port),
                    url=f"{url}/diagnostic/status/heartbeat",
                    log=self.logs / "broker.log",
                    environ=environ,
                    says=f"Pact Broker at {url}",
                )
                try:
                    stack.enter_context(served)
                except processes.ServerError as error:
                    # another process may have taken the port in between, and may have released it again
                    was_taken = _PORT_TAKEN.format(port) in str(error) or processes.free_port(port) != port
                    if left == 0 or not was_taken:
                        raise
                else:
                    break
            yield url

    def keep(self, version: str) -> None:
        """Keep the current tree as *version*, because git cannot check out uncommitted changes later.

        Of a commit, only the hash is kept; of a version that the user chose, nothing.
        """
        if detection.commit_of(version) == version:
            played = self.folder / "commits"
            played.mkdir(exist_ok=True)
            (played / version).touch()
        elif _KEPT.fullmatch(version):
            self._keep_tree(version)

    def knows(self, version: str) -> bool:
        """Return whether *version* was built here before, and is still available."""
        folder = self.root / ".contracts"
        if detection.commit_of(version) == version:
            return (folder / "commits" / version).exists()
        return _KEPT.fullmatch(version) is not None and (folder / "trees" / version).is_dir()

    def _keep_tree(self, version: str) -> None:
        trees = self.folder / "trees"
        trees.mkdir(exist_ok=True)
        if not (trees / version).exists():
            # in another folder first: an interrupted copy must not count as the tree
            shutil.rmtree(partial := self.folder / "partial", ignore_errors=True)
            git.keep(self.root, partial)
            partial.rename(trees / version)
        for old in sorted(trees.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT_TREES]:
            shutil.rmtree(old)

    @contextmanager
    def tree(self, version: str, *, current: str) -> Iterator[Path]:
        """Provide the tree of *version*: the repository if it has the version *current*, a kept tree, or a worktree.

        Raises:
            TreeError: if it is not available.
        """
        if version == current:
            yield self.root
        elif detection.commit_of(version) == version:
            with git.worktree(self.root, version) as path:
                yield path
        elif self.knows(version):
            yield self.folder / "trees" / version / git.place(self.root)
        else:
            raise git.TreeError(
                f"Version {version} is not a commit, and its tree is no longer kept here, so it cannot be verified. "
                "Start again with `invoke fake-ci --fresh`."
            )
