"""The commit of a CI service, compared with the checkout."""

import json

import pytest

from contracts.ci import detection


AZURE = {"TF_BUILD": "True", "BUILD_SOURCEBRANCH": "refs/pull/7/merge", "SYSTEM_PULLREQUEST_TARGETBRANCH": "main"}
OTHER = "f" * 40
# What each service sets in a pull request of feat/x to main, with M for the merge of the two and H for the head.
REQUESTS = {
    "github": {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_SHA": "M",
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_REPOSITORY": "acme/shop",
        "EVENT": {"pull_request": {"head": {"sha": "H", "ref": "feat/x", "repo": {"full_name": "acme/shop"}}}},
    },
    "gitlab": {
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": "M",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "H",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feat/x",
    },
    "gitlab, of GitHub": {
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": "M",
        "CI_EXTERNAL_PULL_REQUEST_IID": "7",
        "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA": "H",
        "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME": "feat/x",
        "CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY": "acme/shop",
        "CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY": "acme/shop",
    },
    "jenkins": {
        "JENKINS_URL": "https://jenkins.example",
        "GIT_COMMIT": "M",
        "GIT_BRANCH": "PR-7",
        "BRANCH_NAME": "PR-7",
        "CHANGE_ID": "7",
        "CHANGE_BRANCH": "feat/x",
        "CHANGE_TARGET": "main",
    },
    "azure": AZURE
    | {
        "BUILD_SOURCEVERSION": "M",
        "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/feat/x",
        "SYSTEM_PULLREQUEST_SOURCECOMMITID": "H",
    },
    "azure, without the head": AZURE
    | {"BUILD_SOURCEVERSION": "M", "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/feat/x"},
    "bitbucket": {
        "BITBUCKET_BUILD_NUMBER": "7",
        "BITBUCKET_COMMIT": "H",
        "BITBUCKET_BRANCH": "feat/x",
        "BITBUCKET_PR_ID": "7",
    },
    "buildkite": {
        "BUILDKITE": "true",
        "BUILDKITE_COMMIT": "H",
        "BUILDKITE_BRANCH": "feat/x",
        "BUILDKITE_PULL_REQUEST": "7",
    },
    "travis": {
        "TRAVIS": "true",
        "TRAVIS_COMMIT": "M",
        "TRAVIS_BRANCH": "main",
        "TRAVIS_PULL_REQUEST": "7",
        "TRAVIS_PULL_REQUEST_SHA": "H",
        "TRAVIS_PULL_REQUEST_BRANCH": "feat/x",
        "TRAVIS_PULL_REQUEST_SLUG": "acme/shop",
        "TRAVIS_REPO_SLUG": "acme/shop",
    },
    "appveyor": {
        "APPVEYOR": "True",
        "APPVEYOR_REPO_COMMIT": "M",
        "APPVEYOR_REPO_BRANCH": "main",
        "APPVEYOR_PULL_REQUEST_NUMBER": "7",
        "APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH": "feat/x",
        "APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME": "acme/shop",
        "APPVEYOR_REPO_NAME": "acme/shop",
    },
    "drone": {
        "DRONE": "true",
        "DRONE_COMMIT_SHA": "H",
        "DRONE_BRANCH": "main",
        "DRONE_SOURCE_BRANCH": "feat/x",
        "DRONE_PULL_REQUEST": "7",
    },
    "semaphore": {
        "SEMAPHORE": "true",
        "SEMAPHORE_GIT_REF_TYPE": "pull-request",
        "SEMAPHORE_GIT_SHA": "M",
        "SEMAPHORE_GIT_BRANCH": "main",
        "SEMAPHORE_GIT_PR_SHA": "H",
        "SEMAPHORE_GIT_PR_BRANCH": "feat/x",
        "SEMAPHORE_GIT_PR_SLUG": "acme/shop",
        "SEMAPHORE_GIT_REPO_SLUG": "acme/shop",
    },
    "codebuild": {
        "CODEBUILD_BUILD_ID": "7",
        "CODEBUILD_RESOLVED_SOURCE_VERSION": "M",
        "CODEBUILD_WEBHOOK_TRIGGER": "pr/7",
        "CODEBUILD_WEBHOOK_HEAD_REF": "refs/heads/feat/x",
        "CODEBUILD_WEBHOOK_BASE_REF": "refs/heads/main",
    },
}
# What each service sets in a build of a branch, with C for the commit that it names.
BRANCHES = {
    "github": {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_SHA": "C"},
    "gitlab": {"GITLAB_CI": "true", "CI_COMMIT_SHA": "C"},
    "circleci": {"CIRCLECI": "true", "CIRCLE_SHA1": "C"},
    "jenkins": {"JENKINS_URL": "https://jenkins.example", "GIT_COMMIT": "C"},
    "buildkite": {"BUILDKITE": "true", "BUILDKITE_COMMIT": "C"},
    "azure": {"TF_BUILD": "True", "BUILD_SOURCEVERSION": "C"},
    "bitbucket": {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_COMMIT": "C"},
    "travis": {"TRAVIS": "true", "TRAVIS_COMMIT": "C"},
    "appveyor": {"APPVEYOR": "True", "APPVEYOR_REPO_COMMIT": "C"},
    "teamcity": {"TEAMCITY_VERSION": "1", "BUILD_VCS_NUMBER": "C"},
    "drone": {"DRONE": "true", "DRONE_COMMIT_SHA": "C"},
    "semaphore": {"SEMAPHORE": "true", "SEMAPHORE_GIT_SHA": "C"},
    "codebuild": {"CODEBUILD_BUILD_ID": "7", "CODEBUILD_RESOLVED_SOURCE_VERSION": "C"},
}


@pytest.fixture
def merge(checkout, git):
    """A detached head that merges feat/x into main, as a build machine has it; merge and head."""
    git(checkout, "checkout", "--quiet", "-b", "feat/x")
    git(checkout, "commit", "--quiet", "--allow-empty", "--message=head")
    head = git(checkout, "rev-parse", "HEAD")
    git(checkout, "checkout", "--quiet", "main")
    git(checkout, "commit", "--quiet", "--allow-empty", "--message=newer")
    git(checkout, "checkout", "--quiet", "--detach")
    git(checkout, "merge", "--quiet", "--no-ff", "--message=merge", "feat/x")
    return git(checkout, "rev-parse", "HEAD"), head


def filled(variables, tmp_path, **commits):
    text = json.dumps(variables)
    for letter, commit in commits.items():
        text = text.replace(f'"{letter}"', f'"{commit}"')
    environ = json.loads(text)
    if event := environ.pop("EVENT", None):
        (tmp_path / "event.json").write_text(json.dumps(event))
        environ["GITHUB_EVENT_PATH"] = str(tmp_path / "event.json")
    return environ


@pytest.mark.parametrize("service", REQUESTS)
def test_of_the_merge_that_is_checked_out_the_pull_requests_head_is_the_version(service, merge, checkout, tmp_path):
    build = detection.detect(filled(REQUESTS[service], tmp_path, M=merge[0], H=merge[1]), checkout)

    assert (build.version, build.branch, build.pull_request) == (merge[1], "feat/x", "own")


@pytest.mark.parametrize("service", REQUESTS)
def test_the_head_of_a_pull_request_that_is_checked_out_is_the_version(service, merge, checkout, git, tmp_path):
    git(checkout, "checkout", "--quiet", merge[1])

    build = detection.detect(filled(REQUESTS[service], tmp_path, M=merge[1], H=merge[1]), checkout)

    assert (build.version, build.branch, build.pull_request) == (merge[1], "feat/x", "own")


@pytest.mark.parametrize("service", REQUESTS)
def test_a_pull_request_is_refused_if_its_target_is_checked_out(service, merge, checkout, git, tmp_path):
    git(checkout, "checkout", "--quiet", "main")

    with pytest.raises(detection.UnknownBuild, match=rf"is for commit {merge[1]}, but .* is checked out"):
        detection.detect(filled(REQUESTS[service], tmp_path, M=merge[0], H=merge[1]), checkout)


@pytest.mark.parametrize("service", BRANCHES)
def test_a_build_of_another_commit_than_the_one_checked_out_is_refused(service, checkout, git, tmp_path):
    commit = git(checkout, "rev-parse", "HEAD")

    assert detection.detect(filled(BRANCHES[service], tmp_path, C=commit), checkout).version == commit
    environ = filled(BRANCHES[service], tmp_path, C=OTHER)
    with pytest.raises(
        detection.UnknownBuild, match=rf"is for commit {OTHER}, but {commit} is checked out.*set GIT_COMMIT"
    ):
        detection.detect(environ, checkout)


@pytest.mark.parametrize("service", sorted(BRANCHES.keys() - {"jenkins"}))  # where GIT_COMMIT is a variable of its own
def test_git_commit_overrides_the_checkout(service, checkout, tmp_path):
    environ = filled(BRANCHES[service], tmp_path, C=OTHER)

    assert detection.detect(environ | {"GIT_COMMIT": "e" * 40}, checkout).version == "e" * 40


def test_a_merge_that_people_made_and_pushed_is_the_head_itself(merge, checkout, git, tmp_path):
    git(checkout, "branch", "--force", "feat/x", merge[0])

    build = detection.detect(filled(REQUESTS["jenkins"], tmp_path, M=merge[0]), checkout)

    assert build.version == merge[0]


def test_a_merge_with_an_unknown_pull_request_side_is_refused(merge, checkout, tmp_path):
    environ = filled(REQUESTS["jenkins"], tmp_path, M=merge[0]) | {"CHANGE_TARGET": "release"}

    with pytest.raises(detection.UnknownBuild, match=r"is a merge that this build made.*Fetch the branch release"):
        detection.detect(environ, checkout)


def test_a_shallow_clone_of_a_merge_shows_its_sides(merge, checkout, git, tmp_path):
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{checkout}", "shallow")

    build = detection.detect(filled(REQUESTS["github"], tmp_path, M=merge[0], H=merge[1]), tmp_path / "shallow")

    assert build.version == merge[1]


def test_a_fork_is_not_compared_because_nothing_of_it_is_published(checkout, tmp_path):
    environ = filled(REQUESTS["travis"], tmp_path, M=OTHER, H=OTHER) | {"TRAVIS_PULL_REQUEST_SLUG": "stranger/shop"}

    assert detection.detect(environ, checkout).pull_request_from_fork


def test_a_tag_is_not_a_branch(checkout, git, tmp_path):
    commit = git(checkout, "rev-parse", "HEAD")
    git(checkout, "tag", "v1")
    run = {"head_sha": commit, "head_branch": "v1", "event": "push", "head_repository": {"full_name": "acme/shop"}}
    more = {"GITHUB_EVENT_NAME": "workflow_run", "GITHUB_REPOSITORY": "acme/shop", "EVENT": {"workflow_run": run}}
    environ = filled(BRANCHES["github"] | more, tmp_path, C=commit)

    assert detection.detect(environ, checkout).branch is None
    git(checkout, "branch", "v1")
    assert detection.detect(environ, checkout).branch == "v1"


def test_the_address_of_a_build_is_encoded(tmp_path):
    azure = {
        "TF_BUILD": "True",
        "BUILD_SOURCEVERSION": OTHER,
        "SYSTEM_COLLECTIONURI": "https://tfs.example/Our Collection/",
        "SYSTEM_TEAMPROJECT": "Web shop/50%",
        "BUILD_BUILDID": "7",
    }
    jenkins = {
        "JENKINS_URL": "x",
        "GIT_COMMIT": OTHER,
        "BUILD_URL": "https://jenkins.example/job/Web shop/job/a%2Fb/7/",
    }

    urls = [detection.detect(environ, tmp_path).build_url for environ in (azure, jenkins)]

    assert urls == [
        "https://tfs.example/Our%20Collection/Web%20shop%2F50%25/_build/results?buildId=7",
        "https://jenkins.example/job/Web%20shop/job/a%2Fb/7/",
    ]
