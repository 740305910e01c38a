"""The file of trusted builds: which claims it permits what, and what is wrong with it."""

from __future__ import annotations

import pytest

from contracts.model.permissions import READ, WEBHOOKS, Permission, Role
from contracts.model.trusted_builds import InvalidBuilds, matching, parse, permissions


HEAD = 'audience = "https://broker"\n'
ENTRY = """
[[builds]]
service = "github"
match = { repository = "org/web", ref = "refs/heads/main" }
publish = ["web"]
deploy = ["production"]
"""
CLAIMS = {"aud": "https://broker", "repository": "org/web", "ref": "refs/heads/main", "event_name": "push"}


def permitted(text, **claims):
    """Return what the entries of *text* permit to a build with *claims*, None if none applies."""
    entries = matching(parse(HEAD + text).entries, CLAIMS | claims)
    return permissions(entries, {"shop": ["cart"]}) if entries else None


def test_an_entry_permits_what_it_lists():
    assert permitted(ENTRY) == (
        Permission(role=Role.PUBLISH, names=frozenset({"web"})),
        Permission(role=Role.DEPLOY, names=frozenset({"production"})),
        READ,
    )


@pytest.mark.parametrize(
    "claims",
    [
        {"repository": "org/other"},
        {"repository": "org/web2"},
        {"repository": "attacker/org/web"},
        {"repository": None},
        {"ref": "refs/heads/feature"},
        {"aud": "https://other"},
        {"event_name": "pull_request"},
        {"event_name": "pull_request_target"},
        {"event_name": "workflow_run"},
        {"event_name": "issue_comment"},
        {"event_name": None},
    ],
)
def test_another_build_is_permitted_nothing(claims):
    assert permitted(ENTRY, **claims) is None


def test_a_pull_request_is_permitted_something_only_if_an_entry_names_it():
    entry = """
    [[builds]]
    service = "github"
    match = { repository = "org/web", event_name = ["push", "pull_request"] }
    publish = ["web"]
    """

    assert permitted(entry, event_name="pull_request", ref="refs/pull/1/merge") is not None
    assert permitted(entry, event_name="pull_request_target") is None


def test_several_entries_permit_what_they_permit_together():
    release = '[[builds]]\nservice = "github"\nmatch = { repository = "org/*" }\nwebhooks = true\n'

    assert permitted(ENTRY + release)[-1] == WEBHOOKS
    assert permitted(ENTRY + release, repository="org/other") == (WEBHOOKS, READ)
    assert permitted(ENTRY + release, repository="orgs/other") is None


@pytest.mark.parametrize(
    ("claims", "applies"),
    [
        ({"project_path": "org/web", "pipeline_source": "push", "ref_protected": "true"}, True),
        ({"project_path": "org/web", "pipeline_source": "merge_request_event", "ref_protected": "true"}, False),
        ({"project_path": "fork/web", "pipeline_source": "push", "ref_protected": "true"}, False),
        ({"project_path": "org/web", "pipeline_source": "push", "ref_protected": False}, False),
    ],
)
def test_gitlab_excludes_merge_requests(claims, applies):
    entry = '[[builds]]\nservice = "gitlab"\nmatch = { project_path = "org/web", ref_protected = true }\n'

    assert (permitted(entry, **claims) is not None) is applies


@pytest.mark.parametrize(
    ("ref", "origin", "applies"),
    [
        ("refs/heads/main", "github.com/org/web", True),
        ("refs/pull/7/head", "github.com/org/web", False),
        (None, "github.com/org/web", False),
        ("refs/heads/main", "github.com/fork/web", False),
    ],
)
def test_circleci_excludes_other_repositories_and_pull_requests(ref, origin, applies):
    entry = """
    [[builds]]
    service = "circleci"
    issuer = "https://oidc.circleci.com/org/1"
    audience = "1"
    match = { "oidc.circleci.com/vcs-origin" = "github.com/org/web" }
    """
    claims = {"oidc.circleci.com/vcs-ref": ref, "oidc.circleci.com/vcs-origin": origin, "aud": ["1", "2"]}

    assert (permitted(entry, **claims) is not None) is applies


@pytest.mark.parametrize(("branch", "applies"), [("main", True), ("fork:main", False)])
def test_buildkite_excludes_branches_of_forks(branch, applies):
    entry = '[[builds]]\nservice = "buildkite"\nmatch = { organization_slug = "org", pipeline_slug = "web" }\n'
    claims = {"organization_slug": "org", "pipeline_slug": "web", "build_branch": branch}

    assert (permitted(entry, **claims) is not None) is applies


def test_a_difference_says_what_the_token_has_and_what_is_needed():
    (entry,) = parse(HEAD + ENTRY).entries

    assert entry.differences(CLAIMS | {"ref": "refs/heads/x", "event_name": "pull_request"}) == [
        "ref is refs/heads/x, not refs/heads/main",
        "event_name is pull_request, so it may run the code of a fork",
    ]
    assert entry.differences({"event_name": "push"})[0] == "repository is missing, not org/web"


def test_environments_can_require_attested_results():
    assert parse(HEAD + 'require_attested_results = ["production"]' + ENTRY).attested_environments == {"production"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("builds = [", "it is not valid TOML"),
        (HEAD, "it has no [[builds]], so no build would be trusted: add one"),
        (ENTRY, 'line 2: the audience is missing: set audience = "https://…"'),
        (HEAD + ENTRY + "role = 1", "line 3: role is not a field: use audience, deploy, issuer, keys,"),
        (HEAD + "audiences = 1" + ENTRY, "audiences is not a field: use audience, builds"),
        (HEAD + ENTRY + ENTRY.replace('"github"', '"jenkins"'), "line 9: service must be one of github, gitlab,"),
        (
            HEAD + ENTRY.replace("github", "circleci"),
            "line 3: CircleCI has an issuer for each organisation: set issuer",
        ),
        (HEAD + ENTRY.replace('repository = "org/web", ', ""), "line 3: match does not say whose builds"),
        (HEAD + ENTRY.replace("org/web", "*/web"), "line 3: match does not say whose builds"),
        (HEAD + ENTRY.replace("org/web", "o*"), "line 3: match does not say whose builds"),
        (HEAD + ENTRY.replace('"org/web"', '["org/web", "*"]'), "line 3: match does not say whose builds"),
        (HEAD + ENTRY.replace('"org/web"', "1.5"), "line 3: repository in match must be a text or a list"),
        (HEAD + ENTRY.replace("ref =", "event_name ="), None),
        (HEAD + ENTRY.replace('ref = "', 'event_name = "*'), 'line 3: event_name = "*refs/heads/main" must be named'),
        (
            HEAD + ENTRY.replace("ref =", 'event_name = "pull_request_target", ref ='),
            'line 3: event_name = "pull_request_target" starts for forks too: remove it',
        ),
        (HEAD + ENTRY.replace('["web"]', '"web"'), "line 3: publish must be a list of names, such as"),
        (HEAD + ENTRY.replace('["web"]', '["*"]'), "line 3: publish must name each one"),
        (HEAD + ENTRY + 'webhooks = "yes"', "line 3: webhooks must be true or false"),
        (HEAD + ENTRY + "keys = 1", "line 3: keys must be the path of a file"),
        (HEAD + ENTRY + 'keys = "a"\n' + ENTRY + 'keys = "b"', "the entries of https://token.actions"),
        (HEAD + '[[builds]]\nservice = "github"', "line 2: match is missing: set match = { repository"),
    ],
)
def test_a_file_that_cannot_be_used_names_the_line_and_what_to_do(text, reason):
    if reason is None:
        assert parse(text)
        return
    with pytest.raises(InvalidBuilds) as refusal:
        parse(text)
    assert str(refusal.value).startswith(reason)
