"""The origin repository: the user's branches, and a commit of the uncommitted changes."""

import pytest

from contracts.ci.git import TreeError
from contracts.fake_ci.origin import Origin


@pytest.fixture
def origin(checkout, tmp_path):
    (tmp_path / "state").mkdir()
    return Origin(root=checkout, folder=tmp_path / "state" / "origin.git")


def test_a_clean_tree_is_its_commit(origin, git):
    snapshot = origin.snapshot("main")
    assert (snapshot.commit, snapshot.branch) == (git(origin.root, "rev-parse", "HEAD"), "main")
    assert not snapshot.dirty


def test_uncommitted_changes_are_a_commit_and_the_same_changes_the_same_one(origin, git):
    head = git(origin.root, "rev-parse", "HEAD")
    (origin.root / "new é.txt").write_text("new\n")
    (origin.root / "file.txt").write_text("changed\n")

    first, second = origin.snapshot("main"), origin.snapshot("main")

    assert first == second
    assert (first.dirty, first.commit != head) == (True, True)
    with origin.clone(first.commit) as tree:
        assert ((tree / "new é.txt").read_text(), (tree / "file.txt").read_text()) == ("new\n", "changed\n")
        assert git(tree, "rev-parse", "HEAD^") == head
        assert first.branch == f"main+{first.commit[:12]}"
        assert git(tree, "branch", "--remotes", "--contains", first.commit) == f"origin/{first.branch}"
    assert git(origin.root, "status", "--porcelain", "--untracked-files=all").count("\n") == 1
    assert git(origin.root, "rev-parse", "HEAD") == head


def test_a_clone_is_separate_and_temporary(origin, git):
    version = origin.snapshot("main").commit
    with origin.clone(version) as tree:
        (tree / "file.txt").unlink()
        git(tree, "checkout", "--quiet", "-b", "another")
    assert not tree.exists()
    assert (origin.root / "file.txt").exists()
    assert git(origin.root, "branch", "--list", "another") == ""


def test_earlier_snapshots_and_other_branches_can_be_cloned(origin, git):
    (origin.root / "file.txt").write_text("changed\n")
    earlier = origin.snapshot("main").commit
    git(origin.root, "switch", "--quiet", "--create", "feature")
    git(origin.root, "commit", "--quiet", "--all", "--message=on the branch")
    later = origin.snapshot("feature").commit
    for version in (earlier, later):
        with origin.clone(version) as tree:
            assert (tree / "file.txt").read_text() == "changed\n"
            assert git(tree, "branch", "--remotes", "--contains", version) != ""


def test_a_folder_without_git_is_a_commit(tmp_path):
    root = tmp_path / "plain"
    root.mkdir()
    (root / "file.txt").write_text("one\n")
    (root / ".gitignore").write_text("ignored\n")
    (root / "ignored").write_text("")
    origin = Origin(root=root, folder=tmp_path / "origin.git")
    snapshot = origin.snapshot("main")
    assert (origin.snapshot("main"), snapshot.dirty) == (snapshot, True)
    with origin.clone(snapshot.commit) as tree:
        assert sorted(path.name for path in tree.iterdir()) == [".git", ".gitignore", "file.txt"]


def test_an_unknown_version_is_an_error(origin):
    origin.snapshot("main")
    with pytest.raises(TreeError, match="git checkout failed"), origin.clone("1" * 40):
        pass
