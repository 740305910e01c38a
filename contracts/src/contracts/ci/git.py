"""The state of a directory: a commit, a commit with uncommitted changes, or files without git.

Content is identified by git's tree hash, computed with a temporary index and object store: modes, links, filters and
.gitignore count exactly as in a commit, and the repository is only read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contracts.ci import interrupts
from contracts.ci.errors import PipelineError


class TreeError(PipelineError):
    """Git is missing, refuses, or lacks the requested commit; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The state of a directory.

    `commit` and `branch` are None outside git and before the first commit, `branch` also on a detached head.
    `content` is the hash of all files that git would track; ignored files are left out.
    """

    top: Path
    content: str
    in_git: bool
    commit: str | None = None
    branch: str | None = None
    dirty: bool = False


def read(directory: Path) -> Tree:
    """Read the state of the checkout that contains *directory*, or outside git of the files in it.

    Raises:
        TreeError: if git is missing or refuses to read the repository.
    """
    root = top(directory)
    if root is None:
        return Tree(top=directory.resolve(), content=_content(directory, root), in_git=False)
    content = _content(directory, root)
    commit = resolve(root, "HEAD")
    dirty = commit is None or _git(root, "rev-parse", "HEAD^{tree}") != content
    return Tree(top=root, content=content, in_git=True, commit=commit, branch=branch(root), dirty=dirty)


def branch(directory: Path) -> str | None:
    """Return the branch that is checked out; None on a detached head, and outside git.

    Raises:
        TreeError: if git is missing.
    """
    name = ("symbolic-ref", "--quiet", "--short", "HEAD")
    return _git(directory, *name, missing_is=(1, 128)) or None


def resolve(directory: Path, revision: str) -> str | None:
    """Return the full hash of the commit that *revision* names, by name or first digits; None if unknown.

    Raises:
        TreeError: if git is missing.
    """
    return (
        _git(
            directory,
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            revision + "^{commit}",
            missing_is=(1, 128),
        )
        or None
    )


def parents(directory: Path, commit: str) -> list[str]:
    """Return the parents of *commit* in order, in a shallow clone too; empty if the commit is not in this clone.

    Raises:
        TreeError: if git is missing.
    """
    document = _git(directory, "cat-file", "commit", commit, missing_is=(1, 128))
    head = document.partition("\n\n")[0]
    return [line.split()[1] for line in head.splitlines() if line.startswith("parent ")]


def is_within(directory: Path, commit: str, revision: str) -> bool:
    """Return whether *revision* is *commit* or descends from it.

    Raises:
        TreeError: if git is missing.
    """
    return _run(directory, ["merge-base", "--is-ancestor", commit, revision], {}).returncode == 0


def branches_with(directory: Path, commit: str) -> list[str]:
    """Return the local branches and those of origin that contain *commit*; other remotes and tags do not count.

    Raises:
        TreeError: if git is missing.
    """
    folders = ("refs/heads", "refs/remotes/origin")
    refs = _git(
        directory, "for-each-ref", f"--contains={commit}", "--format=%(refname)", *folders, missing_is=(1, 128, 129)
    )
    return refs.splitlines()


def default_branch(directory: Path) -> str | None:
    """Return the default branch: the one of origin, else main or master if it exists.

    Raises:
        TreeError: if git is missing.
    """
    origin = _git(
        directory,
        "symbolic-ref",
        "--quiet",
        "--short",
        "refs/remotes/origin/HEAD",
        missing_is=(1, 128),
    )
    if origin:
        return origin.removeprefix("origin/")
    return next((name for name in ("main", "master") if head_of(directory, name)), None)


def head_of(directory: Path, branch: str) -> str | None:
    """Return the newest commit of *branch*: of the local branch, else of origin's."""
    return resolve(directory, f"refs/heads/{branch}") or resolve(directory, f"refs/remotes/origin/{branch}")


def remote(directory: Path) -> str:
    """Return the URL of this clone's origin; "" without an origin, and outside git."""
    return _git(directory, "remote", "get-url", "origin", missing_is=(2, 128))


def repository(directory: Path) -> str | None:
    """Return the owner/name of this clone's origin, from any form of its URL; None without an origin."""
    address = remote(directory)
    parts = [part for part in address.removesuffix(".git").replace(":", "/").split("/") if part]
    return "/".join(parts[-2:]) if len(parts) > 1 else None


def place(directory: Path) -> Path:
    """Return the path of *directory* within its checkout; `Path()` for the checkout itself and outside git.

    Raises:
        TreeError: if git is missing.
    """
    return Path(_git(directory, "rev-parse", "--show-prefix", missing_is=128))


@contextmanager
def worktree(directory: Path, commit: str) -> Iterator[Path]:
    """Check out *directory* at *commit* in a temporary worktree, removed when the block ends.

    Raises:
        TreeError: if the commit is not in this clone.
    """
    if resolve(directory, commit) is None:
        raise TreeError(
            f"Commit {commit} is not in this clone, so it cannot be checked out. Fetch it: git fetch origin {commit}"
        )
    parent = tempfile.mkdtemp(prefix="contracts-")
    try:
        path = Path(parent, "worktree")
        # In two steps: `worktree add` checks out in a child process, which would outlive an interrupt. The first step
        # is short, and leaves a locked entry, which `prune` keeps, if it is killed.
        with interrupts.shielded():
            _git(directory, "worktree", "add", "--quiet", "--detach", "--no-checkout", str(path), commit)
        _git(path, "reset", "--quiet", "--hard")
        yield path / place(directory)
    finally:
        with interrupts.shielded():
            shutil.rmtree(parent, ignore_errors=True)
            prune(directory)


def prune(directory: Path) -> None:
    """Forget worktrees whose folder is gone, such as those of a run that was killed.

    Raises:
        TreeError: if git is missing.
    """
    _git(directory, "worktree", "prune", missing_is=128)


def keep(directory: Path, into: Path) -> None:
    """Copy all files of the checkout of *directory* that its content hash covers to *into*.

    Raises:
        TreeError: if git is missing or refuses to read the repository.
    """
    into.mkdir(parents=True, exist_ok=True)
    with _index(directory, top(directory)) as (root, environ):
        _git(
            root,
            "checkout-index",
            "--all",
            "--force",
            f"--prefix={into.resolve()}/",
            environ=environ,
        )


def top(directory: Path) -> Path | None:
    """Return the root of the checkout that contains *directory*; None outside git.

    Raises:
        TreeError: if git is missing or refuses to read the repository.
    """
    if not directory.is_dir():
        raise TreeError(f"{directory} is not a directory.")
    answer = _run(directory, ["rev-parse", "--show-toplevel"], {})
    if answer.returncode == 0:
        return Path(answer.stdout.rstrip("\n"))
    if "not a git repository" in answer.stderr:
        return None
    raise TreeError(f"Git cannot read {directory}: {answer.stderr.strip()}")


def _content(directory: Path, top: Path | None) -> str:
    with _index(directory, top) as (where, environ):
        return _git(where, "write-tree", environ=environ)


@contextmanager
def _index(directory: Path, top: Path | None) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield the top folder, and the variables that make git use a temporary index of all its files."""
    with tempfile.TemporaryDirectory(prefix="contracts-", ignore_cleanup_errors=True) as scratch:
        environ = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
        if top is None:
            where = directory.resolve()
            _git(where, "init", "--quiet", "--bare", f"{scratch}/repository")
            environ |= {"GIT_DIR": f"{scratch}/repository", "GIT_WORK_TREE": str(where)}
        else:
            where = top
            objects = Path(top, _git(top, "rev-parse", "--git-path", "objects"))
            index = Path(top, _git(top, "rev-parse", "--git-path", "index"))
            if index.exists():
                # with its time: git compares contents only of files that are as new as the index
                shutil.copy2(index, environ["GIT_INDEX_FILE"])
            Path(scratch, "objects").mkdir()
            environ |= {
                "GIT_OBJECT_DIRECTORY": str(Path(scratch, "objects")),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects),
            }
        _git(where, "add", "--all", environ=environ)
        yield where, environ


def _git(
    directory: Path,
    *arguments: str,
    environ: Mapping[str, str] | None = None,
    missing_is: int | tuple[int, ...] = (),
) -> str:
    """Return git's output, or "" if its exit status is one of *missing_is*."""
    answer = _run(directory, arguments, environ or {})
    if answer.returncode == 0:
        return answer.stdout.rstrip("\n")
    if answer.returncode in (missing_is if isinstance(missing_is, tuple) else (missing_is,)):
        return ""
    raise TreeError(f"`git {' '.join(arguments)}` failed in {directory}: {answer.stderr.strip()}")


def _run(
    directory: Path, arguments: list[str] | tuple[str, ...], environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    git = shutil.which("git")
    if git is None:
        raise TreeError(
            "Git is not installed. Install it, or set GIT_COMMIT and GIT_BRANCH to the commit and branch of this build."
        )
    # The variables of a hook (GIT_DIR, GIT_INDEX_FILE, …) would make git read another repository than *directory*.
    inherited = {name: value for name, value in os.environ.items() if name not in _LOCAL_VARIABLES}
    with subprocess.Popen(  # noqa: S603 - git, with arguments of this module
        [git, *arguments],
        cwd=directory,
        env=inherited | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"} | dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
    ) as process:
        try:
            output, problem = process.communicate()
        except BaseException:
            # `subprocess.run` does not wait for it after an interrupt, and then it may still write files
            process.kill()
            process.wait()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, output, problem)


_LOCAL_VARIABLES = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_WORK_TREE",
    }
)
