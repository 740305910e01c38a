"""The origin repository of fake-ci, which the lines of any repository see instead of the user's.

Lines may check out, commit or delete, so they run in clones, never in the user's tree. The origin has the user's
branches, and a commit of the uncommitted changes on a branch of its own. The same changes make the same commit.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contracts.ci.git import TreeError


_IDENTITY = {f"GIT_{role}_{field}": "fake-ci" for role in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")}
_NO_DATE = "1970-01-01T00:00:00Z"
_SNAPSHOTS = "refs/fake-ci/snapshots"  # the user's branches replace those in refs/heads
DIGEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The commit of the user's tree and its branch; *dirty* says that it contains uncommitted changes."""

    commit: str
    branch: str
    dirty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The bare repository in *folder*, for the user's tree at *root*."""

    root: Path
    folder: Path

    def snapshot(self, branch: str) -> Snapshot:
        """Fetch the user's branches, and commit the uncommitted changes of *branch*; without git, all files.

        Raises:
            TreeError: if git is missing or refuses.
        """
        if not (self.folder / "HEAD").exists():
            self._git("init", "--quiet", "--bare", str(self.folder), in_folder=False)
        head = self._fetch()
        index = {"GIT_INDEX_FILE": str(self.folder / "snapshot-index"), "GIT_WORK_TREE": str(self.root)}
        (self.folder / "snapshot-index").unlink(missing_ok=True)
        if head:
            self._git("read-tree", head, environ=index)
        self._git("add", "--all", ".", environ=index, directory=self.root)
        tree = self._git("write-tree", environ=index)
        if head and tree == self._git("rev-parse", f"{head}^{{tree}}"):
            commit = head
        else:
            date = self._git("log", "-1", "--format=%cI", head) if head else _NO_DATE
            dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
            parents = ("-p", head) if head else ()
            message = "Uncommitted changes"
            commit = self._git("commit-tree", tree, *parents, "-m", message, environ=_IDENTITY | dates)
        dirty = commit != head
        branch = f"{branch}+{commit[:DIGEST]}" if head and dirty else branch
        if dirty:
            self._git("update-ref", f"{_SNAPSHOTS}/{branch}", commit)
        self._git("fetch", "--quiet", str(self.folder), f"+{_SNAPSHOTS}/*:refs/heads/*")
        return Snapshot(commit=commit, branch=branch, dirty=dirty)

    @contextmanager
    def clone(self, version: str) -> Iterator[Path]:
        """Provide a clone with *version* checked out.

        Raises:
            TreeError: if the origin does not have it.
        """
        with tempfile.TemporaryDirectory(prefix="fake-ci-", ignore_cleanup_errors=True) as folder:
            tree = Path(folder).resolve() / self.root.name
            self._git("clone", "--quiet", "--no-checkout", str(self.folder), str(tree), in_folder=False)
            self._git("checkout", "--quiet", "--detach", version, in_folder=False, directory=tree)
            yield tree

    def _fetch(self) -> str:
        """Fetch the user's branches and return the commit of its head; empty if there is none."""
        answer = subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", "HEAD"],  # noqa: S607
            cwd=self.root,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            return ""
        references = ("+refs/heads/*:refs/heads/*", "+HEAD:refs/fake-ci/head")
        self._git("fetch", "--quiet", "--prune", "--no-tags", "--update-shallow", str(self.root), *references)
        return answer.stdout.strip()

    def _git(
        self,
        *arguments: str,
        environ: Mapping[str, str] | None = None,
        directory: Path | None = None,
        in_folder: bool = True,
    ) -> str:
        own = {"GIT_DIR": str(self.folder)} if in_folder else {}
        try:
            answer = subprocess.run(  # noqa: S603
                ["git", *arguments],  # noqa: S607
                cwd=directory or self.folder.parent,
                env=_environment() | own | dict(environ or {}),
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as problem:
            raise TreeError(f"git cannot be run: {problem}") from problem
        if answer.returncode:
            raise TreeError(f"git {arguments[0]} failed: {answer.stderr.strip()}")
        return answer.stdout.strip()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
