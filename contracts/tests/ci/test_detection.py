import doctest
import json
import os

import pytest

from contracts.ci import detection
from contracts.ci import git as trees


COMMIT, HEAD, MERGED = "1" * 40, "2" * 40, "3" * 40
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_SHA": COMMIT,
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_RUN_ID": "7",
    "GITHUB_SERVER_URL": "https://github.example",
}
GITLAB = {"GITLAB_CI": "true", "CI_COMMIT_SHA": COMMIT, "CI_JOB_URL": "https://gitlab.example/jobs/7"}
CIRCLECI = {"CIRCLECI": "true", "CIRCLE_SHA1": COMMIT, "CIRCLE_BUILD_URL": "https://circle.example/7"}
JENKINS = {"JENKINS_URL": "https://jenkins.example", "GIT_COMMIT": COMMIT, "BUILD_URL": "https://jenkins.example/7"}
BUILDKITE = {
    "BUILDKITE": "true",
    "BUILDKITE_COMMIT": COMMIT,
    "BUILDKITE_BRANCH": "main",
    "BUILDKITE_BUILD_URL": "https://buildkite.example/7",
    "BUILDKITE_REPO": "git@github.com:acme/shop.git",
}
AZURE = {
    "TF_BUILD": "True",
    "BUILD_SOURCEVERSION": COMMIT,
    "BUILD_SOURCEBRANCH": "refs/heads/feat/x",
    "SYSTEM_COLLECTIONURI": "https://dev.azure.example/acme/",
    "SYSTEM_TEAMPROJECT": "shop",
    "BUILD_BUILDID": "7",
}
BITBUCKET = {
    "BITBUCKET_BUILD_NUMBER": "7",
    "BITBUCKET_COMMIT": COMMIT,
    "BITBUCKET_BRANCH": "main",
    "BITBUCKET_GIT_HTTP_ORIGIN": "https://bitbucket.example/acme/shop",
}


@pytest.fixture
def event(tmp_path):
    """Write the event that started a GitHub workflow, and give the variable that names it."""

    def write(document):
        (tmp_path / "event.json").write_text(json.dumps(document))
        return {"GITHUB_EVENT_PATH": str(tmp_path / "event.json")}

    return write


def pull_request(repository="acme/shop"):
    return {"pull_request": {"head": {"sha": HEAD, "ref": "feat/x", "repo": repository and {"full_name": repository}}}}


def detect(tmp_path, *environments):
    return detection.detect({name: value for each in environments for name, value in each.items()}, tmp_path)


@pytest.mark.parametrize(
    ("environ", "version", "branch", "build_url"),
    [
        pytest.param(GITHUB, COMMIT, "main", "https://github.example/acme/shop/actions/runs/7", id="github push"),
        pytest.param(
            GITHUB | {"GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_REF": "refs/heads/feat/x/y"},
            COMMIT,
            "feat/x/y",
            "https://github.example/acme/shop/actions/runs/7",
            id="github, by hand",
        ),
        pytest.param(
            GITHUB | {"GITHUB_REF": "refs/tags/v1"},
            COMMIT,
            None,
            "https://github.example/acme/shop/actions/runs/7",
            id="github tag",
        ),
        pytest.param({**GITHUB, "GITHUB_RUN_ID": ""}, COMMIT, "main", None, id="github without a run"),
        pytest.param(
            GITLAB | {"CI_COMMIT_BRANCH": "main"}, COMMIT, "main", "https://gitlab.example/jobs/7", id="gitlab push"
        ),
        pytest.param(GITLAB | {"CI_COMMIT_TAG": "v1"}, COMMIT, None, "https://gitlab.example/jobs/7", id="gitlab tag"),
        pytest.param(
            GITLAB | {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feat/x"},
            COMMIT,
            "feat/x",
            "https://gitlab.example/jobs/7",
            id="gitlab merge request",
        ),
        pytest.param(
            GITLAB | {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feat/x", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": HEAD},
            HEAD,
            "feat/x",
            "https://gitlab.example/jobs/7",
            id="gitlab merged results",
        ),
        pytest.param(
            {"GITLAB_CI": "true", "CI_COMMIT_SHA": COMMIT, "CI_PIPELINE_URL": "https://gitlab.example/pipelines/7"},
            COMMIT,
            None,
            "https://gitlab.example/pipelines/7",
            id="gitlab without a job",
        ),
        pytest.param(
            CIRCLECI | {"CIRCLE_BRANCH": "feat/x"}, COMMIT, "feat/x", "https://circle.example/7", id="circleci"
        ),
        pytest.param(CIRCLECI | {"CIRCLE_TAG": "v1"}, COMMIT, None, "https://circle.example/7", id="circleci tag"),
        pytest.param(
            JENKINS | {"GIT_BRANCH": "origin/feat/x"}, COMMIT, "feat/x", "https://jenkins.example/7", id="jenkins"
        ),
        pytest.param(
            JENKINS | {"GIT_BRANCH": "PR-7", "BRANCH_NAME": "PR-7", "CHANGE_BRANCH": "feat/x"},
            COMMIT,
            "feat/x",
            "https://jenkins.example/7",
            id="jenkins change",
        ),
        pytest.param(
            JENKINS | {"GIT_BRANCH": "mine", "BRANCH_NAME": "main"},
            COMMIT,
            "mine",
            "https://jenkins.example/7",
            id="jenkins overridden",
        ),
        pytest.param(
            JENKINS | {"GIT_BRANCH": "v1", "BRANCH_NAME": "v1", "TAG_NAME": "v1"},
            COMMIT,
            None,
            "https://jenkins.example/7",
            id="jenkins tag",
        ),
        pytest.param(BUILDKITE, COMMIT, "main", "https://buildkite.example/7", id="buildkite"),
        pytest.param(
            BUILDKITE | {"BUILDKITE_TAG": "v1", "BUILDKITE_BRANCH": "v1"},
            COMMIT,
            None,
            "https://buildkite.example/7",
            id="buildkite tag",
        ),
        pytest.param(
            AZURE, COMMIT, "feat/x", "https://dev.azure.example/acme/shop/_build/results?buildId=7", id="azure"
        ),
        pytest.param(
            AZURE
            | {
                "BUILD_SOURCEBRANCH": "refs/pull/7/merge",
                "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/feat/y",
                "SYSTEM_PULLREQUEST_SOURCECOMMITID": HEAD,
            },
            HEAD,
            "feat/y",
            "https://dev.azure.example/acme/shop/_build/results?buildId=7",
            id="azure pull request",
        ),
        pytest.param(
            {"TF_BUILD": "True", "BUILD_SOURCEVERSION": COMMIT, "BUILD_SOURCEBRANCH": "refs/tags/v1"},
            COMMIT,
            None,
            None,
            id="azure tag",
        ),
        pytest.param(
            BITBUCKET, COMMIT, "main", "https://bitbucket.example/acme/shop/pipelines/results/7", id="bitbucket"
        ),
        pytest.param(
            {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_COMMIT": COMMIT, "BITBUCKET_TAG": "v1"},
            COMMIT,
            None,
            None,
            id="bitbucket tag",
        ),
    ],
)
def test_a_service_s_variables_name_commit_branch_and_build(tmp_path, environ, version, branch, build_url):
    """Each service's own variables say which commit, which branch and which build this is."""
    build = detection.detect(environ, tmp_path)

    assert (build.version, build.branch, build.build_url) == (version, branch, build_url)
    assert (build.dirty, build.pull_request_from_fork, build.commit) == (False, False, version)


def test_a_github_pull_request_is_its_head_commit(tmp_path, event):
    """A pull request is its head, not the merge that GITHUB_SHA and GITHUB_REF name."""
    merge = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_SHA": MERGED, "GITHUB_REF": "refs/pull/7/merge"}

    build = detect(tmp_path, GITHUB, merge, event(pull_request()))

    assert (build.version, build.branch, build.pull_request_from_fork) == (HEAD, "feat/x", False)


@pytest.mark.parametrize("repository", ["stranger/shop", None], ids=["fork", "fork that is gone"])
def test_a_github_pull_request_of_another_repository_is_from_a_fork(tmp_path, event, repository):
    """A pull request from another repository is from a fork, even when that is deleted."""
    build = detect(tmp_path, GITHUB, {"GITHUB_EVENT_NAME": "pull_request"}, event(pull_request(repository)))

    assert build.pull_request_from_fork


def test_a_pull_request_of_dependabot_counts_as_from_a_fork(tmp_path, event):
    """Dependabot's pull requests have no secrets either."""
    build = detect(
        tmp_path,
        GITHUB,
        {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_ACTOR": "dependabot[bot]"},
        event(pull_request()),
    )

    assert build.pull_request_from_fork


def test_a_merge_queue_builds_the_merged_commit(tmp_path, event):
    """In a merge queue the merged commit is built, on the queue's own branch."""
    ref = "refs/heads/gh-readonly-queue/main/pr-7"
    group = event({"merge_group": {"head_sha": HEAD, "head_ref": ref}})

    build = detect(tmp_path, GITHUB, {"GITHUB_EVENT_NAME": "merge_group"}, group)

    assert (build.version, build.branch) == (HEAD, "gh-readonly-queue/main/pr-7")


@pytest.mark.parametrize(
    ("payload", "version", "branch"),
    [
        ({"sha": HEAD, "branch": "release"}, HEAD, "release"),
        ({"sha": "", "branch": ""}, COMMIT, "main"),
        (None, COMMIT, "main"),
    ],
    ids=["named", "empty", "no payload"],
)
def test_a_repository_dispatch_builds_the_version_of_its_payload(tmp_path, event, payload, version, branch):
    """A repository_dispatch builds the version that its payload names; the default branch where it names none."""
    dispatched = event({"client_payload": payload})

    build = detect(tmp_path, GITHUB, {"GITHUB_EVENT_NAME": "repository_dispatch"}, dispatched)

    assert (build.version, build.branch) == (version, branch)


@pytest.mark.parametrize(
    "environ",
    [
        GITLAB | {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2", "CI_MERGE_REQUEST_PROJECT_ID": "1"},
        CIRCLECI | {"CIRCLE_BRANCH": "pull/7", "CIRCLE_PR_USERNAME": "stranger"},
        JENKINS | {"BRANCH_NAME": "PR-7", "CHANGE_BRANCH": "feat/x", "CHANGE_FORK": "stranger"},
        BUILDKITE | {"BUILDKITE_PULL_REQUEST_REPO": "git://github.com/stranger/shop.git"},
        AZURE | {"SYSTEM_PULLREQUEST_ISFORK": "True"},
    ],
    ids=["gitlab", "circleci", "jenkins", "buildkite", "azure"],
)
def test_a_pull_request_from_a_fork_is_recognised(tmp_path, environ):
    """A pull request from a fork is recognised."""
    assert detection.detect(environ, tmp_path).pull_request_from_fork


@pytest.mark.parametrize(
    "environ",
    [
        GITLAB | {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1", "CI_MERGE_REQUEST_PROJECT_ID": "1"},
        BUILDKITE | {"BUILDKITE_PULL_REQUEST_REPO": "https://github.com/acme/shop.git"},
        AZURE | {"SYSTEM_PULLREQUEST_ISFORK": "False"},
    ],
    ids=["gitlab", "buildkite", "azure"],
)
def test_a_pull_request_within_the_repository_is_not_from_a_fork(tmp_path, environ):
    """A pull request within the repository is no fork, whatever form its address has."""
    assert not detection.detect(environ, tmp_path).pull_request_from_fork


@pytest.mark.parametrize(
    ("environ", "pull_request"),
    [
        (GITLAB | {"CI_MERGE_REQUEST_IID": "7"}, "own"),
        (JENKINS | {"CHANGE_ID": "7", "CHANGE_BRANCH": "main"}, "own"),
        (BUILDKITE | {"BUILDKITE_PULL_REQUEST": "7"}, "own"),
        (BUILDKITE | {"BUILDKITE_PULL_REQUEST": "false"}, None),
        (AZURE | {"SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/main"}, "own"),
        (BITBUCKET | {"BITBUCKET_PR_ID": "7"}, "own"),
        *((service, None) for service in (GITLAB, CIRCLECI, JENKINS, BUILDKITE, AZURE, BITBUCKET)),
    ],
)
def test_a_pull_request_is_recognised_by_any_name_of_its_branch(tmp_path, environ, pull_request):
    """A pull request is recognised by any name of its branch."""
    assert detection.detect(environ, tmp_path).pull_request == pull_request


def test_github_pull_request_of_main(tmp_path, event):
    """A pull request that wants to merge main elsewhere is a pull request."""
    document = pull_request()
    document["pull_request"]["head"]["ref"] = "main"

    build = detect(tmp_path, GITHUB, {"GITHUB_EVENT_NAME": "pull_request"}, event(document))

    assert (build.branch, build.pull_request) == ("main", "own")


@pytest.mark.parametrize(
    ("environ", "default_branch"),
    [
        (GITLAB | {"CI_DEFAULT_BRANCH": "trunk"}, "trunk"),
        (BUILDKITE | {"BUILDKITE_PIPELINE_DEFAULT_BRANCH": "trunk"}, "trunk"),
        (JENKINS | {"BRANCH_NAME": "trunk", "BRANCH_IS_PRIMARY": "true"}, "trunk"),
        (JENKINS | {"BRANCH_NAME": "feat/x"}, None),
        (CIRCLECI, None),
        ({"GIT_COMMIT": COMMIT}, None),
    ],
)
def test_the_default_branch_comes_from_the_service_or_the_clone(tmp_path, environ, default_branch):
    """Some services name the default branch; for the others the clone does."""
    assert detection.detect(environ, tmp_path).default_branch == default_branch


def test_the_default_branch_on_github_comes_from_the_event(tmp_path, event):
    """On GitHub, the event names it."""
    pushed = event({"repository": {"default_branch": "trunk"}})

    assert detect(tmp_path, GITHUB, {"GITHUB_EVENT_NAME": "push"}, pushed).default_branch == "trunk"


@pytest.mark.parametrize("environ", [{}, GITHUB, GITLAB, CIRCLECI, BUILDKITE, AZURE, BITBUCKET])
def test_git_commit_and_git_branch_override_the_service(tmp_path, environ):
    """GIT_COMMIT and GIT_BRANCH win over what every service says; a digest of changes means dirty."""
    build = detect(tmp_path, environ, {"GIT_COMMIT": HEAD + "+0a", "GIT_BRANCH": "mine"})

    assert (build.version, build.branch, build.dirty, build.commit) == (HEAD + "+0a", "mine", True, HEAD)


def test_an_empty_variable_counts_as_absent(tmp_path):
    """A variable that is set to nothing, as CI services do with missing values, counts as absent."""
    empty = {"GIT_COMMIT": "", "GIT_BRANCH": "", "CIRCLE_TAG": ""}

    build = detect(tmp_path, CIRCLECI, {"CIRCLE_BRANCH": "main"}, empty)

    assert (build.version, build.branch) == (COMMIT, "main")


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"GITHUB_ACTIONS": "true"}, "GITHUB_SHA"),
        ({"GITLAB_CI": "true"}, "CI_COMMIT_SHA"),
        ({"CIRCLECI": "true"}, "CIRCLE_SHA1"),
        ({"JENKINS_URL": "https://jenkins.example"}, "GIT_COMMIT"),
        ({"BUILDKITE": "true"}, "BUILDKITE_COMMIT"),
        ({"TF_BUILD": "True"}, "BUILD_SOURCEVERSION"),
        ({"BITBUCKET_BUILD_NUMBER": "7"}, "BITBUCKET_COMMIT"),
    ],
)
def test_a_service_without_a_commit_is_an_error(tmp_path, environ, missing):
    """A service that does not say what it builds is an error, never a guess."""
    with pytest.raises(detection.UnknownBuild, match=f"{missing} is not set. Set GIT_COMMIT"):
        detection.detect(environ, tmp_path)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "no pull_request.head"),
        ({"pull_request": {"head": None}}, "no pull_request.head"),
        ([], "not a JSON object"),
    ],
)
def test_an_incomplete_event_is_an_error(tmp_path, event, document, reason):
    """An event that does not hold what its name promises is an error."""
    with pytest.raises(detection.UnknownBuild, match=reason):
        detect(tmp_path, GITHUB, {"GITHUB_EVENT_NAME": "pull_request"}, event(document))


def test_an_unreadable_event_is_an_error(tmp_path):
    """An event that cannot be read is an error that names its file."""
    with pytest.raises(detection.UnknownBuild, match=r"absent\.json, which cannot be read"):
        detect(tmp_path, GITHUB, {"GITHUB_EVENT_PATH": str(tmp_path / "absent.json")})


def test_outside_ci_the_checkout_names_commit_and_branch(checkout, git):
    """Outside CI the checkout says: commit and branch; BUILD_URL is taken where there is one."""
    expected = detection.Build(kind="git", version=git(checkout, "rev-parse", "HEAD"), branch="main", build_url=None)

    assert detection.detect({}, checkout) == expected == detection.from_directory(checkout)
    assert detection.detect({"BUILD_URL": "https://ci.example/7"}, checkout).build_url == "https://ci.example/7"


def test_a_detached_head_has_no_branch(checkout, git):
    """A detached head has no branch."""
    git(checkout, "checkout", "--quiet", "--detach")

    assert detection.detect({}, checkout).branch is None


def test_a_dirty_tree_is_its_commit_and_a_digest(checkout, git):
    """A dirty tree is its commit and a digest: the same content is the same version, other content another."""
    commit = git(checkout, "rev-parse", "HEAD")
    versions = []
    for content in ("two\n", "three\n", "two\n"):
        (checkout / "file.txt").write_text(content)
        build = detection.detect({}, checkout)
        assert build.dirty
        assert build.version.startswith(commit + "+")
        assert build.commit == commit
        versions.append(build.version)

    assert versions[0] == versions[2] != versions[1]


def test_a_change_of_equal_size_in_the_second_of_the_commit_is_a_change(checkout, git):
    file, index = checkout / "file.txt", checkout / ".git" / "index"
    git(checkout, "config", "core.trustctime", "false")  # this test cannot set it
    before = file.read_text()
    os.utime(file, (1_000_000_000, 1_000_000_000))
    git(checkout, "add", "--all")
    os.utime(index, (1_000_000_000, 1_000_000_000))
    assert not detection.detect({}, checkout).dirty

    file.write_text(before.swapcase())
    os.utime(file, (1_000_000_000, 1_000_000_000))

    assert detection.detect({}, checkout).dirty


def test_a_new_file_counts_as_a_change(checkout):
    """A new file that is not ignored counts as a change."""
    (checkout / "new.txt").write_text("")

    assert detection.detect({}, checkout).dirty


def test_before_the_first_commit_the_version_is_a_digest(tmp_path, git):
    """Before the first commit the version is a digest of the files, and the branch is known."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")

    build = detection.detect({}, tmp_path)

    assert build == detection.Build(
        kind="git", version=f"files-{trees.read(tmp_path).content}", branch="main", build_url=None, dirty=True
    )


def test_outside_git_the_version_is_a_digest(tmp_path):
    """Outside git the version is a digest of the files, and there is neither branch nor commit."""
    (tmp_path / "file.txt").write_text("one\n")
    version = f"files-{trees.read(tmp_path).content}"

    build = detection.detect({}, tmp_path)

    assert build == detection.Build(kind="files", version=version, branch=None, build_url=None)
    assert build.commit is None


def test_git_commit_alone_leaves_the_branch_to_git(checkout, tmp_path_factory):
    """With GIT_COMMIT alone the branch is still git's; outside git there is none."""
    assert detection.detect({"GIT_COMMIT": HEAD}, checkout).branch == "main"
    assert detection.detect({"GIT_COMMIT": HEAD}, tmp_path_factory.mktemp("outside")).branch is None


def test_an_abbreviated_hash_is_made_full(checkout, git):
    """An abbreviated hash is made full; one that names no commit here is refused."""
    full = git(checkout, "rev-parse", "HEAD")

    assert detection.detect({"GIT_COMMIT": full[:8]}, checkout).version == full
    with pytest.raises(
        detection.UnknownBuild,
        match="GIT_COMMIT is 00000000, an abbreviated hash of a commit that is not in this clone",
    ):
        detection.detect({"GIT_COMMIT": "00000000"}, checkout)


def test_a_manual_build_of_buildkite_takes_the_commit_of_the_checkout(checkout, git):
    """Buildkite says HEAD for a build that a person started: the checkout knows which commit that is."""
    build = detect(checkout, BUILDKITE, {"BUILDKITE_COMMIT": "HEAD"})

    assert build.version == git(checkout, "rev-parse", "HEAD")


def test_the_examples_of_the_documentation_are_right():
    """The examples in the documentation are right."""
    assert doctest.testmod(detection).failed == 0
