import json

import pytest

from contracts.ci import commits
from contracts.client import UsageError
from contracts.fake_ci.sandbox import Sandbox


@pytest.fixture
def ask(checkout, tmp_path):
    """Return the version that a dispatch of *sha* verifies, in a workflow that started from *started_from*."""

    def ask(sha, started_from="0" * 40):
        document = {"client_payload": {"pact_url": "http://broker/pacts/1", "sha": sha}}
        (tmp_path / "event.json").write_text(json.dumps(document))
        return commits.to_verify(
            {"GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_SHA": started_from},
            checkout,
            built_here=Sandbox(root=checkout).knows,
        )

    return ask


@pytest.fixture
def stray(checkout, git):
    """A commit that is in the clone, but not on a branch."""
    git(checkout, "checkout", "--quiet", "--detach")
    git(checkout, "commit", "--quiet", "--allow-empty", "--message=stray")
    commit = git(checkout, "rev-parse", "HEAD")
    git(checkout, "checkout", "--quiet", "main")
    return commit


def test_a_commit_on_a_branch_is_verified(ask, checkout, git, stray):
    """On a local branch or one of origin; not only its head."""
    assert ask(git(checkout, "rev-parse", "HEAD")) == git(checkout, "rev-parse", "main")
    git(checkout, "update-ref", "refs/remotes/origin/feat/x", stray)
    assert ask(stray) == stray
    assert ask(git(checkout, "rev-parse", "main")) == git(checkout, "rev-parse", "main")


@pytest.mark.parametrize("ref", [None, "refs/remotes/stranger/main", "refs/remotes/pull/7/merge", "refs/tags/v1"])
def test_a_commit_on_no_branch_of_this_repository_is_refused(ask, checkout, git, stray, ref):
    """The branch of a fork, the reference of a pull request and a tag do not count."""
    if ref is not None:
        git(checkout, "update-ref", ref, stray)
    with pytest.raises(UsageError, match=r"which is not on any branch of this repository\. Nothing was run"):
        ask(stray)


def test_a_commit_that_is_not_here_is_refused(ask):
    with pytest.raises(UsageError, match="which is not on any branch"):
        ask("1" * 40)


@pytest.mark.parametrize("sha", ["main", "HEAD", "--all", "../x", "/x", "1.2.3", "1" * 39, "1" * 40 + "\n", "files-1"])
def test_a_version_that_is_not_a_commit_is_refused(ask, sha):
    with pytest.raises(UsageError, match=r"is not a full commit hash\. Nothing was run"):
        ask(sha)


def test_without_a_version_it_is_the_one_the_workflow_started_from(ask, stray):
    assert ask("", started_from=stray) == stray


def test_a_version_of_fake_ci_is_verified_again(ask, checkout, stray):
    """A tree that was not committed, and a commit that was rebased since."""
    (checkout / ".gitignore").write_text(".contracts/\n")
    Sandbox(root=checkout).keep(stray)
    Sandbox(root=checkout).keep("files-1")

    assert (ask(stray), ask("files-1")) == (stray, "files-1")


def test_later_jobs_get_the_checked_commit(tmp_path):
    commits.write_output("1" * 40, {"GITHUB_OUTPUT": str(tmp_path / "output")})
    commits.write_output("1" * 40, {})

    assert (tmp_path / "output").read_text() == f"commit={'1' * 40}\n"
