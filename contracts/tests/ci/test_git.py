import shutil
import signal
from pathlib import Path

import pytest

from contracts.ci import git as trees


def test_a_clean_checkout_is_its_commit(checkout, git):
    """A clean checkout is its commit, on its branch."""
    tree = trees.read(checkout)

    assert tree.commit == git(checkout, "rev-parse", "HEAD")
    assert tree.content == git(checkout, "rev-parse", "HEAD^{tree}")
    assert (tree.branch, tree.dirty, tree.in_git) == ("main", False, True)


def test_a_folder_inside_counts_as_the_whole_checkout(checkout):
    """From a folder inside, the whole checkout counts."""
    (checkout / "file.txt").write_text("changed\n")

    assert trees.read(checkout / "folder") == trees.read(checkout)


@pytest.mark.parametrize(
    "change",
    [
        lambda top: (top / "file.txt").write_text("changed\n"),
        lambda top: (top / "new.txt").write_text("new\n"),
        lambda top: (top / "file.txt").unlink(),
        lambda top: (top / "file.txt").chmod(0o755),
        lambda top: (top / "link").symlink_to("file.txt"),
        lambda top: (top / "file.txt").rename(top / "renamed.txt"),
    ],
    ids=["changed", "untracked", "deleted", "mode", "link", "renamed"],
)
def test_every_uncommitted_change_makes_a_tree_dirty(checkout, change, git):
    """Every change that a commit would hold makes the tree dirty, its content another; staging does not."""
    before = trees.read(checkout)
    change(checkout)

    after = trees.read(checkout)

    assert (after.commit, after.dirty) == (before.commit, True)
    assert after.content != before.content
    git(checkout, "add", "--all")
    assert trees.read(checkout) == after


def test_the_same_change_has_the_same_content(checkout):
    """The same change made twice has the same content; undone, the tree is clean."""
    (checkout / "file.txt").write_text("changed\n")
    first = trees.read(checkout)
    (checkout / "file.txt").write_text("one\n")
    assert not trees.read(checkout).dirty
    (checkout / "file.txt").write_text("changed\n")

    assert trees.read(checkout) == first


def test_ignored_files_do_not_count(checkout):
    """Ignored files do not count."""
    (checkout / "some.log").write_text("noise")

    assert not trees.read(checkout).dirty


def test_reading_a_tree_leaves_index_and_objects_alone(checkout, git):
    """Looking leaves the index, and the objects of the repository, as they are."""
    (checkout / "new.txt").write_text("new\n")
    before = sorted((checkout / ".git").rglob("*")), git(checkout, "status", "--porcelain")

    trees.read(checkout)

    assert (sorted((checkout / ".git").rglob("*")), git(checkout, "status", "--porcelain")) == before


def test_variables_of_a_hook(checkout, monkeypatch, tmp_path):
    """What a git hook exports does not lead elsewhere."""
    expected = trees.read(checkout)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere" / "index"))

    assert trees.read(checkout) == expected


def test_a_detached_head_has_a_commit_and_no_branch(checkout, git):
    """A detached head has a commit and no branch."""
    git(checkout, "checkout", "--quiet", "--detach")

    tree = trees.read(checkout)

    assert (tree.commit, tree.branch) == (git(checkout, "rev-parse", "HEAD"), None)


def test_before_the_first_commit_a_tree_has_content_and_a_branch(tmp_path, git):
    """Before the first commit there is a branch and content, and no commit."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / "file.txt").write_text("one\n")

    tree = trees.read(tmp_path)

    assert (tree.commit, tree.branch, tree.dirty, tree.in_git) == (None, "main", True, True)


def test_outside_git_the_same_files_have_the_same_content(checkout, tmp_path):
    """Outside git the same files have the same content; .gitignore counts as it does inside."""
    copy = tmp_path / "copy"
    trees.keep(checkout, copy)
    (copy / "some.log").write_text("noise")

    tree = trees.read(copy)

    assert tree == trees.Tree(top=copy, content=trees.read(checkout).content, in_git=False)
    assert not (copy / ".git").exists()


def test_a_saved_tree_has_every_file_that_is_not_ignored(checkout, tmp_path):
    """A kept tree has the current files, changed and new ones too, but not ignored ones."""
    (checkout / "file.txt").write_text("changed\n")
    (checkout / "new.txt").write_text("new\n")
    (checkout / "some.log").write_text("noise")

    trees.keep(checkout, tmp_path / "kept")

    contents = {
        str(path.relative_to(tmp_path / "kept")): path.read_text() for path in (tmp_path / "kept").rglob("*.txt")
    }
    assert contents == {"file.txt": "changed\n", "new.txt": "new\n", "folder/other.txt": "two\n"}
    assert not (tmp_path / "kept" / "some.log").exists()


def test_a_missing_git_is_an_error_that_helps(tmp_path, monkeypatch):
    """Without git the error says what to do instead."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(trees.TreeError, match="Install it, or set GIT_COMMIT"):
        trees.read(tmp_path)


def test_a_missing_directory_is_named(tmp_path):
    """A directory that does not exist is named."""
    with pytest.raises(trees.TreeError, match="absent is not a directory"):
        trees.read(tmp_path / "absent")


def test_a_repository_that_git_refuses_is_an_error(checkout):
    """A repository that git refuses to read is an error with git's reason, never *outside git*."""
    (checkout / ".git" / "config").write_text("[broken")

    with pytest.raises(trees.TreeError, match="bad config"):
        trees.read(checkout)


def test_a_failing_git_is_an_error_with_its_reason(checkout):
    """What git cannot do is an error with its reason, and the command that failed."""
    (checkout / ".git" / "index").write_text("no index")

    with pytest.raises(trees.TreeError, match=r"`git add --all` failed in .*index"):
        trees.read(checkout)


def test_a_revision_is_resolved_to_its_full_hash(checkout, git):
    """A revision is resolved to its full hash; an unknown one to None."""
    full = git(checkout, "rev-parse", "HEAD")

    assert trees.resolve(checkout, full[:7]) == full
    assert trees.resolve(checkout, "main") == full
    assert trees.resolve(checkout, "0" * 40) is None
    assert trees.resolve(checkout, "--help") is None


def test_the_main_branch_comes_from_origin_or_its_usual_names(checkout, tmp_path, git):
    """The main branch is origin's word, else main or master; a clone that has none of them has none."""
    assert trees.default_branch(checkout) == "main"
    git(checkout, "branch", "--move", "trunk")
    assert trees.default_branch(checkout) is None
    git(tmp_path, "clone", "--quiet", str(checkout), "clone")
    assert trees.default_branch(tmp_path / "clone") == "trunk"
    git(tmp_path / "clone", "checkout", "--quiet", "-b", "feature")
    git(tmp_path / "clone", "branch", "--delete", "--force", "trunk")
    assert trees.head_of(tmp_path / "clone", "trunk") == trees.head_of(checkout, "trunk")


@pytest.mark.parametrize(
    ("address", "repository"),
    [
        ("https://github.com/acme/shop.git", "acme/shop"),
        ("git@github.com:acme/shop.git", "acme/shop"),
        ("ssh://git@example.org:22/acme/shop", "acme/shop"),
        ("shop", None),
        (None, None),
    ],
)
def test_owner_and_name_come_from_the_address_of_origin(checkout, address, repository, git):
    """Owner and name are read from every form of origin's address."""
    if address:
        git(checkout, "remote", "add", "origin", address)

    assert trees.repository(checkout) == repository


def test_a_worktree_holds_its_commit_and_is_removed(checkout, git):
    """A worktree holds the commit that was asked for, and is gone afterwards."""
    first = git(checkout, "rev-parse", "HEAD")
    (checkout / "file.txt").write_text("second\n")
    git(checkout, "commit", "--all", "--quiet", "--message=second")

    with trees.worktree(checkout, first) as path:
        assert (path / "file.txt").read_text() == "one\n"
        assert trees.read(path).commit == first

    assert not path.exists()
    assert git(checkout, "worktree", "list").count("\n") == 0
    assert Path(checkout, "file.txt").read_text() == "second\n"


def test_an_interrupt_while_a_worktree_is_made_leaves_nothing(checkout, git, monkeypatch):
    """An interrupt while git adds the worktree waits for it; git would leave a locked entry if it were killed."""
    real, added = trees._run, []

    def interrupting(directory, arguments, environ):
        adds = arguments[:2] == ("worktree", "add")
        if adds:
            signal.raise_signal(signal.SIGINT)
        answer = real(directory, arguments, environ)
        added.extend([answer.returncode] if adds else [])
        return answer

    monkeypatch.setattr(trees, "_run", interrupting)
    with pytest.raises(KeyboardInterrupt), trees.worktree(checkout, "HEAD"):
        pass

    assert added == [0]
    assert git(checkout, "worktree", "list").count("\n") == 0
    assert not list((checkout / ".git").glob("worktrees/*"))


def test_a_folder_has_the_same_place_in_a_worktree(checkout, tmp_path):
    """A folder's place in its checkout is known, and kept in a worktree."""
    assert trees.place(checkout) == trees.place(tmp_path) == Path()
    assert trees.place(checkout / "folder") == Path("folder")

    with trees.worktree(checkout / "folder", "HEAD") as path:
        assert (path / "other.txt").read_text() == "two\n"


def test_a_worktree_of_an_unknown_commit_is_an_error(checkout):
    """A commit that is not in the clone is an error that says how to get it."""
    with pytest.raises(trees.TreeError, match="git fetch origin 0000"), trees.worktree(checkout, "0" * 40):
        pass


def test_a_second_checkout_without_a_folder_is_forgotten(checkout, git, tmp_path):
    """A second checkout whose folder is gone is forgotten; outside git there is nothing to forget."""
    git(checkout, "worktree", "add", "--quiet", "--detach", str(tmp_path / "second"))
    shutil.rmtree(tmp_path / "second")

    trees.prune(checkout)
    trees.prune(tmp_path)

    assert git(checkout, "worktree", "list").count("\n") == 0
