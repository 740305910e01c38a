"""What fake-ci and `invoke broker` keep in .contracts/: the embedded broker's database, logs, trees that were built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from contracts.ci import detection, git, interrupts
from contracts.client import UsageError
from contracts.fake_ci import processes


PORT = 9292
KEPT_TREES = 10
_TRIES = 3
# A tree that was kept, by a digest of our own; a name out of a broker may be any text.
_KEPT = re.compile(r"(files-|[0-9a-f]{40}\+|[0-9a-f]{64}\+)[0-9a-f]+")
# A webhook of the embedded broker that fails is sent again soon.
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
        """The folder itself, made where it is missing."""
        folder = self.root / ".contracts"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def logs(self) -> Path:
        """Where logs go."""
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
        """Forget what earlier runs said."""
        shutil.rmtree(self.logs)

    def broker_command(self, port: int) -> list[str]:
        """The command that serves the embedded broker on *port*, over the database that is kept here."""
        database = f"sqlite:///{self.folder / 'broker.sqlite3'}"
        return [sys.executable, "-m", "contracts.broker", "--port", str(port), "--database-url", database]

    def serve(self, port: int) -> int:
        """Serve the embedded broker on *port*, to look at, until interrupted; its exit status.

        Raises:
            UsageError: if somebody serves it already.
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
                process.terminate()  # where the interrupt did not reach it
                return 0

    @contextmanager
    def broker(self, preferred_port: int = PORT, *, webhooks_to: str = "") -> Iterator[str]:
        """Serve the embedded broker in a process of its own; yields its base URL, at another port if that is taken.

        Its webhooks may go to *webhooks_to*, a HOST:PORT, over http, and nowhere else on this machine.

        Raises:
            ServerError: if it does not start.
        """
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PACT_BROKER_")}
        environ = inherited | BROKER_SETTINGS
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
                except processes.ServerError:
                    # somebody may have taken the port between the look at it and the start
                    if left == 0 or processes.free_port(port) == port:
                        raise
                else:
                    break
            yield url

    def keep(self, version: str) -> None:
        """Keep the tree as it is now under *version*: a tree with changes cannot be checked out again later.

        Of a commit only its hash is kept. Another version is somebody's own, and nothing of it is kept.
        """
        if detection.commit_of(version) == version:
            played = self.folder / "commits"
            played.mkdir(exist_ok=True)
            (played / version).touch()
        elif _KEPT.fullmatch(version):
            self._keep_tree(version)

    def knows(self, version: str) -> bool:
        """Whether *version* was built here before, and can be had again."""
        folder = self.root / ".contracts"
        if detection.commit_of(version) == version:
            return (folder / "commits" / version).exists()
        return _KEPT.fullmatch(version) is not None and (folder / "trees" / version).is_dir()

    def _keep_tree(self, version: str) -> None:
        kept = self.folder / "trees"
        kept.mkdir(exist_ok=True)
        if not (kept / version).exists():
            # aside at first: a copy that is cut short must not pass for the tree
            shutil.rmtree(partial := self.folder / "partial", ignore_errors=True)
            git.keep(self.root, partial)
            partial.rename(kept / version)
        for old in sorted(kept.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT_TREES]:
            shutil.rmtree(old)

    @contextmanager
    def tree(self, version: str, *, standing: str) -> Iterator[Path]:
        """The tree of *version*: the repository itself where that is *standing* there, a kept tree, or a worktree.

        Raises:
            TreeError: if it can be had nowhere.
        """
        if version == standing:
            yield self.root
        elif detection.commit_of(version) == version:
            with git.worktree(self.root, version) as path:
                yield path
        elif self.knows(version):
            yield self.folder / "trees" / version / git.place(self.root)
        else:
            raise git.TreeError(
                f"Version {version} names no commit, and its tree is not kept here any more, so it cannot be verified. "
                "`invoke fake-ci --fresh` starts over."
            )
