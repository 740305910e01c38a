import pytest

from contracts.ci import detection


COMMIT, HEAD = "1" * 40, "2" * 40
TRAVIS = {
    "TRAVIS": "true",
    "TRAVIS_COMMIT": COMMIT,
    "TRAVIS_BRANCH": "main",
    "TRAVIS_PULL_REQUEST": "false",
    "TRAVIS_REPO_SLUG": "acme/shop",
    "TRAVIS_JOB_WEB_URL": "https://travis.example/7",
}
TRAVIS_REQUEST = TRAVIS | {
    "TRAVIS_PULL_REQUEST": "7",
    "TRAVIS_PULL_REQUEST_SHA": HEAD,
    "TRAVIS_PULL_REQUEST_BRANCH": "feat/x",
    "TRAVIS_PULL_REQUEST_SLUG": "acme/shop",
}
APPVEYOR = {
    "APPVEYOR": "True",
    "APPVEYOR_REPO_COMMIT": COMMIT,
    "APPVEYOR_REPO_BRANCH": "main",
    "APPVEYOR_REPO_NAME": "acme/shop",
    "APPVEYOR_URL": "https://appveyor.example",
    "APPVEYOR_ACCOUNT_NAME": "acme",
    "APPVEYOR_PROJECT_SLUG": "shop",
    "APPVEYOR_BUILD_ID": "7",
}
APPVEYOR_REQUEST = APPVEYOR | {
    "APPVEYOR_PULL_REQUEST_NUMBER": "7",
    "APPVEYOR_PULL_REQUEST_HEAD_COMMIT": HEAD,
    "APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH": "feat/x",
    "APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME": "acme/shop",
}
APPVEYOR_URL = "https://appveyor.example/project/acme/shop/builds/7"
DRONE = {
    "DRONE": "true",
    "DRONE_BUILD_EVENT": "push",
    "DRONE_COMMIT_SHA": COMMIT,
    "DRONE_BRANCH": "main",
    "DRONE_REPO_BRANCH": "main",
    "DRONE_BUILD_LINK": "https://drone.example/7",
}
SEMAPHORE = {
    "SEMAPHORE": "true",
    "SEMAPHORE_GIT_REF_TYPE": "branch",
    "SEMAPHORE_GIT_SHA": COMMIT,
    "SEMAPHORE_GIT_BRANCH": "main",
    "SEMAPHORE_GIT_REPO_SLUG": "acme/shop",
    "SEMAPHORE_ORGANIZATION_URL": "https://acme.semaphore.example",
    "SEMAPHORE_WORKFLOW_ID": "7",
}
SEMAPHORE_REQUEST = SEMAPHORE | {
    "SEMAPHORE_GIT_REF_TYPE": "pull-request",
    "SEMAPHORE_GIT_PR_SHA": HEAD,
    "SEMAPHORE_GIT_PR_BRANCH": "feat/x",
    "SEMAPHORE_GIT_PR_SLUG": "acme/shop",
}
SEMAPHORE_URL = "https://acme.semaphore.example/workflows/7"
CODEBUILD = {
    "CODEBUILD_BUILD_ID": "shop:7",
    "CODEBUILD_RESOLVED_SOURCE_VERSION": COMMIT,
    "CODEBUILD_BUILD_URL": "https://codebuild.example/7",
}
CODEBUILD_PUSH = CODEBUILD | {"CODEBUILD_WEBHOOK_TRIGGER": "branch/main", "CODEBUILD_WEBHOOK_EVENT": "PUSH"}
CODEBUILD_REQUEST = CODEBUILD | {
    "CODEBUILD_WEBHOOK_TRIGGER": "pr/7",
    "CODEBUILD_WEBHOOK_EVENT": "PULL_REQUEST_UPDATED",
    "CODEBUILD_WEBHOOK_HEAD_REF": "refs/heads/feat/x",
    "CODEBUILD_WEBHOOK_BASE_REF": "refs/heads/main",
}
TEAMCITY = {"TEAMCITY_VERSION": "2025.11", "BUILD_VCS_NUMBER": COMMIT, "BUILD_URL": "https://teamcity.example/7"}


@pytest.mark.parametrize(
    ("environ", "version", "branch", "build_url", "pull_request"),
    [
        (TRAVIS, COMMIT, "main", "https://travis.example/7", None),
        (TRAVIS | {"TRAVIS_TAG": "main"}, COMMIT, None, "https://travis.example/7", None),
        (TRAVIS_REQUEST, HEAD, "feat/x", "https://travis.example/7", "own"),
        (
            TRAVIS_REQUEST | {"TRAVIS_PULL_REQUEST_SLUG": "stranger/shop"},
            HEAD,
            "feat/x",
            "https://travis.example/7",
            "fork",
        ),
        (APPVEYOR, COMMIT, "main", APPVEYOR_URL, None),
        (APPVEYOR | {"APPVEYOR_REPO_TAG": "true"}, COMMIT, None, APPVEYOR_URL, None),
        (APPVEYOR_REQUEST, HEAD, "feat/x", APPVEYOR_URL, "own"),
        (
            APPVEYOR_REQUEST | {"APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME": "stranger/shop"},
            HEAD,
            "feat/x",
            APPVEYOR_URL,
            "fork",
        ),
        (DRONE, COMMIT, "main", "https://drone.example/7", None),
        (DRONE | {"DRONE_BUILD_EVENT": "tag", "DRONE_TAG": "main"}, COMMIT, None, "https://drone.example/7", None),
        (
            DRONE | {"DRONE_BUILD_EVENT": "pull_request", "DRONE_PULL_REQUEST": "7", "DRONE_SOURCE_BRANCH": "feat/x"},
            COMMIT,
            "feat/x",
            "https://drone.example/7",
            "own",
        ),
        (SEMAPHORE, COMMIT, "main", SEMAPHORE_URL, None),
        (SEMAPHORE | {"SEMAPHORE_GIT_REF_TYPE": "tag"}, COMMIT, None, SEMAPHORE_URL, None),
        (SEMAPHORE_REQUEST, HEAD, "feat/x", SEMAPHORE_URL, "own"),
        (SEMAPHORE_REQUEST | {"SEMAPHORE_GIT_PR_SLUG": "stranger/shop"}, HEAD, "feat/x", SEMAPHORE_URL, "fork"),
        (CODEBUILD_PUSH, COMMIT, "main", "https://codebuild.example/7", None),
        (CODEBUILD | {"CODEBUILD_WEBHOOK_TRIGGER": "tag/main"}, COMMIT, None, "https://codebuild.example/7", None),
        (CODEBUILD_REQUEST, COMMIT, "feat/x", "https://codebuild.example/7", "own"),
        (CODEBUILD, COMMIT, None, "https://codebuild.example/7", None),
        (TEAMCITY, COMMIT, None, "https://teamcity.example/7", None),
    ],
)
def test_each_service_says_commit_branch_build_and_pull_request(
    tmp_path, environ, version, branch, build_url, pull_request
):
    build = detection.detect(environ, tmp_path)

    assert (build.version, build.branch, build.build_url) == (version, branch, build_url)
    assert build.pull_request == pull_request


@pytest.mark.parametrize(
    ("parameters", "branch", "pull_request"),
    [
        ("teamcity.build.branch=feat/x", "feat/x", None),
        ("teamcity.build.branch=refs/heads/feat/x", "feat/x", None),
        ("teamcity.build.branch=refs/tags/main", None, None),
        ("teamcity.build.branch=<default>", None, None),
        (
            "teamcity.pullRequest.number=7\nteamcity.pullRequest.source.branch=feat/x\nteamcity.build.branch=pull/7",
            "feat/x",
            "own",
        ),
    ],
)
def test_teamcity_tells_the_branch_in_a_file_of_parameters(tmp_path, parameters, branch, pull_request):
    (tmp_path / "configuration").write_text(f"#a comment\n{parameters}\n")
    (tmp_path / "properties").write_text(f"teamcity.configuration.properties.file={tmp_path}/configuration\n")

    build = detection.detect(TEAMCITY | {"TEAMCITY_BUILD_PROPERTIES_FILE": str(tmp_path / "properties")}, tmp_path)

    assert (build.version, build.branch, build.pull_request) == (COMMIT, branch, pull_request)


def test_a_file_of_parameters_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(detection.UnknownBuild, match="absent, which cannot be read"):
        detection.detect(TEAMCITY | {"TEAMCITY_BUILD_PROPERTIES_FILE": str(tmp_path / "absent")}, tmp_path)


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"TRAVIS": "true"}, "TRAVIS_COMMIT"),
        ({"APPVEYOR": "true"}, "APPVEYOR_REPO_COMMIT"),
        ({"TEAMCITY_VERSION": "1"}, "BUILD_VCS_NUMBER"),
        ({"DRONE": "true"}, "DRONE_COMMIT_SHA"),
        ({"SEMAPHORE": "true"}, "SEMAPHORE_GIT_SHA"),
        ({"CODEBUILD_BUILD_ID": "1"}, "CODEBUILD_RESOLVED_SOURCE_VERSION"),
    ],
)
def test_a_service_that_does_not_say_its_commit_is_refused(tmp_path, environ, missing):
    with pytest.raises(detection.UnknownBuild, match=f"{missing} is not set"):
        detection.detect(environ, tmp_path)
