"""What stands in a directory: a commit, a commit with changes on top, or files without git.

Content is named by git's own tree hash, made with an index and an object store of its own: modes,
links, filters and .gitignore count exactly as they do in a commit, and the repository is only read.
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
    """Git is missing, refuses, or does not have what was asked for; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What stands in a directory.

    `commit` and `branch` are None where there is none (outside git, before the first commit, on a
    detached head); `content` is the hash of all files that git would track, ignored ones left out.
    """

    top: Path
    content: str
    in_git: bool
    commit: str | None = None
    branch: str | None = None
    dirty: bool = False


def read(directory: Path) -> Tree:
    """Look at the checkout around *directory*, or at the files in it where there is no git.

    Raises:
        TreeError: if git is missing or refuses to read the repository.
    """
    top = _top(directory)
    if top is None:
        return Tree(top=directory.resolve(), content=_content(directory, top), in_git=False)
    content = _content(directory, top)
    commit = resolve(top, "HEAD")
    dirty = commit is None or _git(top, "rev-parse", "HEAD^{tree}") != content
    return Tree(top=top, content=content, in_git=True, commit=commit, branch=branch(top), dirty=dirty)


def branch(directory: Path) -> str | None:
    """The branch that is checked out; None on a detached head, and outside git.

    Raises:
        TreeError: if git is missing.
    """
    name = ("symbolic-ref", "--quiet", "--short", "HEAD")
    return _git(directory, *name, missing_is=(1, 128)) or None


def resolve(directory: Path, revision: str) -> str | None:
    """The full hash of the commit that *revision* names, by name or first digits; None if unknown.

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
    """The parents of *commit*, in its own order, in a shallow clone too; none where the commit is not here.

    Raises:
        TreeError: if git is missing.
    """
    document = _git(directory, "cat-file", "commit", commit, missing_is=(1, 128))
    head = document.partition("\n\n")[0]
    return [line.split()[1] for line in head.splitlines() if line.startswith("parent ")]


def is_within(directory: Path, commit: str, revision: str) -> bool:
    """Whether *revision* is *commit*, or comes after it.

    Raises:
        TreeError: if git is missing.
    """
    return _run(directory, ["merge-base", "--is-ancestor", commit, revision], {}).returncode == 0


def branches_with(directory: Path, commit: str) -> list[str]:
    """The branches of this repository, here or at origin, that hold *commit*; other remotes and tags do not count.

    Raises:
        TreeError: if git is missing.
    """
    where = ("refs/heads", "refs/remotes/origin")
    listed = _git(
        directory, "for-each-ref", f"--contains={commit}", "--format=%(refname)", *where, missing_is=(1, 128, 129)
    )
    return listed.splitlines()


def default_branch(directory: Path) -> str | None:
    """The main branch of this clone: what origin says, else main or master where there is one.

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
    """The newest commit of *branch* here: the local branch, else origin's."""
    return resolve(directory, f"refs/heads/{branch}") or resolve(directory, f"refs/remotes/origin/{branch}")


def repository(directory: Path) -> str | None:
    """The owner/name of this clone's origin, whichever form its address has; None without one."""
    address = _git(directory, "remote", "get-url", "origin", missing_is=(2, 128))
    parts = [part for part in address.removesuffix(".git").replace(":", "/").split("/") if part]
    return "/".join(parts[-2:]) if len(parts) > 1 else None


def place(directory: Path) -> Path:
    """Where *directory* lies within its checkout; the checkout itself, and what is outside git, is `Path()`.

    Raises:
        TreeError: if git is missing.
    """
    return Path(_git(directory, "rev-parse", "--show-prefix", missing_is=128))


@contextmanager
def worktree(directory: Path, commit: str) -> Iterator[Path]:
    """*directory* as it is in *commit*, in a second checkout that is gone when the block ends.

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
        # In two steps: git would fill the folder by a process of its own, which an interrupted one leaves running.
        _git(directory, "worktree", "add", "--quiet", "--detach", "--no-checkout", str(path), commit)
        _git(path, "reset", "--quiet", "--hard")
        yield path / place(directory)
    finally:
        with interrupts.shielded():
            shutil.rmtree(parent, ignore_errors=True)
            prune(directory)


def prune(directory: Path) -> None:
    """Forget second checkouts that are not there any more, such as those of a run that was killed.

    Raises:
        TreeError: if git is missing.
    """
    _git(directory, "worktree", "prune", missing_is=128)


def keep(directory: Path, into: Path) -> None:
    """Copy the files that *directory*'s content hash covers, those of its whole checkout, to *into*.

    Raises:
        TreeError: if git is missing or refuses to read the repository.
    """
    into.mkdir(parents=True, exist_ok=True)
    with _index(directory, _top(directory)) as (top, environ):
        _git(
            top,
            "checkout-index",
            "--all",
            "--force",
            f"--prefix={into.resolve()}/",
            environ=environ,
        )


def _top(directory: Path) -> Path | None:
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
    """A temporary index of every file as it stands, and the variables that make git use it."""
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
                shutil.copyfile(index, environ["GIT_INDEX_FILE"])
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
    """Git's answer, or nothing where it ends with a status that means *there is none*."""
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
        raise TreeError("Git is not installed. Install it, or set GIT_COMMIT (and GIT_BRANCH) to say what is built.")
    # A hook's variables (GIT_DIR, GIT_INDEX_FILE, …) would make git look at another repository than
    # *directory*.
    inherited = {name: value for name, value in os.environ.items() if name not in _LOCAL_VARIABLES}
    return subprocess.run(  # noqa: S603, git with arguments made here
        [git, *arguments],
        cwd=directory,
        env=inherited | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"} | dict(environ),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )


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
