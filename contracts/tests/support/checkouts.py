"""Fixtures of git checkouts."""

import os
import subprocess

import pytest


@pytest.fixture
def git():
    """Run git in a directory, as a fixed author, and return its output."""
    identity = {f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def run(directory, *arguments):
        answer = subprocess.run(
            ["git", *arguments],  # noqa: S607
            cwd=directory,
            env=os.environ | identity,
            check=True,
            capture_output=True,
            text=True,
        )
        return answer.stdout.strip()

    return run


@pytest.fixture
def checkout(tmp_path, git):
    """One commit on main: a file, an ignored pattern, a folder."""
    directory = tmp_path / "checkout"
    (directory / "folder").mkdir(parents=True)
    git(directory, "init", "--quiet", "--initial-branch=main")
    (directory / "file.txt").write_text("one\n")
    (directory / ".gitignore").write_text("*.log\n")
    (directory / "folder" / "other.txt").write_text("two\n")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message=first")
    return directory
