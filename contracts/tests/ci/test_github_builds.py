import json

import pytest

from contracts.ci import detection


MAIN, HEAD, OTHER = "1" * 40, "2" * 40, "3" * 40
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SHA": MAIN,
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_REPOSITORY": "acme/shop",
}
OURS, FORK = {"full_name": "acme/shop"}, {"full_name": "stranger/shop"}
RUN = {"head_sha": HEAD, "head_branch": "feat/x", "head_repository": OURS}
SUITE = {"head_sha": HEAD, "head_branch": "feat/x", "pull_requests": []}


def request(repository=OURS):
    return {"head": {"sha": HEAD, "ref": "feat/x", "repo": repository}}


def detect(directory, name, document, **more):
    (directory / "event.json").write_text(json.dumps(document))
    path = str(directory / "event.json")
    return detection.detect(GITHUB | {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": path} | more, directory)


@pytest.mark.parametrize(
    ("name", "document", "expected"),
    [
        ("pull_request", {"pull_request": request()}, (HEAD, "feat/x", "own")),
        ("pull_request_target", {"pull_request": request()}, (HEAD, "feat/x", "own")),
        ("pull_request_review", {"pull_request": request()}, (HEAD, "feat/x", "own")),
        ("pull_request_review", {"pull_request": request(FORK)}, (HEAD, "feat/x", "fork")),
        ("pull_request_review_comment", {"pull_request": request(FORK)}, (HEAD, "feat/x", "fork")),
        ("pull_request_review_thread", {"pull_request": request(None)}, (HEAD, "feat/x", "fork")),
        ("workflow_run", {"workflow_run": RUN | {"event": "push"}}, (HEAD, "feat/x", None)),
        ("workflow_run", {"workflow_run": RUN | {"event": "pull_request"}}, (HEAD, "feat/x", "own")),
        ("workflow_run", {"workflow_run": RUN | {"event": "release", "head_branch": "v1"}}, (HEAD, None, None)),
        (
            "workflow_run",
            {"workflow_run": RUN | {"event": "pull_request", "head_branch": "main", "head_repository": FORK}},
            (HEAD, "main", "fork"),
        ),
        (
            "workflow_run",
            {"workflow_run": RUN | {"event": "pull_request_target", "pull_requests": [{"head": {"sha": HEAD}}]}},
            (HEAD, "feat/x", "own"),
        ),
        ("check_suite", {"check_suite": SUITE}, (HEAD, "feat/x", None)),
        ("check_suite", {"check_suite": SUITE | {"head_branch": None}}, (HEAD, None, "fork")),
        ("check_run", {"check_run": {"head_sha": HEAD, "check_suite": SUITE}}, (HEAD, "feat/x", None)),
        (
            "check_run",
            {"check_run": {"head_sha": HEAD, "check_suite": SUITE, "pull_requests": [{"number": 7}]}},
            (HEAD, "feat/x", "own"),
        ),
        ("deployment", {"deployment": {"sha": HEAD, "ref": "main"}}, (HEAD, "main", None)),
        ("status", {"sha": HEAD, "branches": [{"name": "feat/x", "commit": {"sha": HEAD}}]}, (HEAD, "feat/x", None)),
        ("status", {"sha": HEAD, "branches": [{"name": "main", "commit": {"sha": OTHER}}]}, (HEAD, None, None)),
        ("merge_group", {"merge_group": {"head_sha": HEAD, "head_ref": "refs/heads/q"}}, (HEAD, "q", None)),
        ("issue_comment", {"issue": {"number": 7}}, (MAIN, "main", None)),
        ("schedule", {}, (MAIN, "main", None)),
        ("push", {"after": MAIN}, (MAIN, "main", None)),
        ("repository_dispatch", {"client_payload": {"sha": HEAD}}, (HEAD, None, None)),
    ],
)
def test_an_event_is_about_the_commit_that_its_document_names(tmp_path, name, document, expected):
    build = detect(tmp_path, name, document)

    assert (build.version, build.branch, build.pull_request) == expected


@pytest.mark.parametrize("name", ["workflow_dispatch", "release", "create", "push"])
def test_a_tag_of_any_name_is_not_a_branch(tmp_path, name):
    assert detect(tmp_path, name, {}, GITHUB_REF="refs/tags/main").branch is None


REFUSED = [
    ("issue_comment", {"issue": {"number": 7, "pull_request": {"url": "https://x"}}}, "a comment on pull request 7"),
    ("push", {"after": "0" * 40, "ref": "refs/heads/old"}, "deleted refs/heads/old"),
    ("push", {"deleted": True, "ref": "refs/heads/old"}, "deleted refs/heads/old"),
    ("repository_dispatch", {"client_payload": {"sha": "main"}}, "'main', which is not a full commit hash"),
    ("repository_dispatch", {"client_payload": {"sha": 7}}, "7, which is not a full commit hash"),
    ("workflow_run", {"workflow_run": RUN | {"event": "pull_request_target"}}, "does not name its commit"),
]


@pytest.mark.parametrize(("name", "document", "reason"), REFUSED)
def test_an_event_that_does_not_say_its_commit_is_refused(tmp_path, name, document, reason):
    with pytest.raises(detection.UnknownBuild, match=reason):
        detect(tmp_path, name, document)


@pytest.mark.parametrize(("name", "document", "reason"), REFUSED)
def test_where_an_event_does_not_say_its_commit_git_commit_does(tmp_path, name, document, reason):
    assert reason
    build = detect(tmp_path, name, document, GIT_COMMIT=OTHER, GIT_BRANCH="mine")

    assert (build.version, build.branch) == (OTHER, "mine")


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("workflow_run", "workflow_run"),
        ("check_run", "check_run"),
        ("check_suite", "check_suite"),
        ("deployment", "deployment"),
        ("issue_comment", "issue"),
        ("merge_group", "merge_group"),
        ("pull_request_review", "pull_request.head"),
    ],
)
def test_a_document_that_lacks_what_its_event_promises_is_refused(tmp_path, name, missing):
    with pytest.raises(detection.UnknownBuild, match=f"has no {missing}"):
        detect(tmp_path, name, {})


def test_a_comment_on_a_pull_request_is_never_deployed(tmp_path):
    document = {"issue": {"number": 7, "pull_request": {"url": "https://x"}}}

    assert detect(tmp_path, "issue_comment", document, GIT_COMMIT=OTHER).pull_request == "own"
