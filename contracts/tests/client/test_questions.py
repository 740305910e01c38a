"""Questions to the matrix, as sentences and as queries; the tests of can-i-deploy ask them."""

from __future__ import annotations

import pytest

from contracts.client import UsageError
from contracts.client.questions import IgnoredVersions, Question, VersionChoice


WEB, API = VersionChoice(pacticipant="web", version="1"), VersionChoice(pacticipant="api", branch="main")


@pytest.mark.parametrize(
    ("question", "sentence", "brief"),
    [
        (
            Question(versions=(WEB,), environment="live"),
            "May version 1 of web be deployed to live?",
            "web 1 can go to live",
        ),
        (
            Question(versions=(WEB,), tag="prod"),
            "May version 1 of web be deployed next to versions tagged prod?",
            "web 1 can go to prod",
        ),
        (
            Question(versions=(WEB,), main_branches=True),
            "May version 1 of web be merged?",
            "web 1 can go to the main branch",
        ),
        (
            Question(versions=(WEB, API)),
            "Are version 1 of web and the latest version of api on branch main compatible?",
            "web 1 and the latest version of api on branch main fit",
        ),
        (
            Question(versions=(VersionChoice(pacticipant="web", latest=True, tag="dev"),)),
            "Is the latest version of web tagged dev compatible with the latest versions of all others?",
            "the latest version of web tagged dev fits",
        ),
    ],
)
def test_a_question_is_a_sentence(question, sentence, brief):
    assert str(question) == sentence
    assert question.brief(allowed=True) == brief


def test_a_question_about_one_version_and_one_environment_is_plain():
    assert Question(versions=(WEB,), environment="live").is_plain
    for question in (
        Question(versions=(API,), environment="live"),
        Question(versions=(WEB, API), environment="live"),
        Question(versions=(WEB,), tag="prod"),
        Question(versions=(WEB,), environment="live", ignored=(IgnoredVersions(pacticipant="x"),)),
        Question(versions=(WEB,), environment="live", limit=5),
    ):
        assert not question.is_plain


@pytest.mark.parametrize(
    ("criteria", "reason"),
    [
        ({"version": "1", "latest": True}, "given by version and by another criterion"),
        ({"version": "1", "main_branch": True}, "given by version and by another criterion"),
        ({"branch": " "}, "The branch is empty"),
        ({"tag": ""}, "The tag is empty"),
    ],
)
def test_contradictory_or_empty_criteria_are_refused(criteria, reason):
    with pytest.raises(UsageError, match=reason):
        VersionChoice(pacticipant="web", **criteria)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"versions": ()}, "names no application"),
        ({"versions": (VersionChoice(pacticipant="web"),)}, "No version of web is given"),
        ({"environment": "live", "tag": "prod"}, "exclude each other"),
        ({"environment": " "}, "The environment is empty"),
    ],
)
def test_an_incomplete_question_is_refused(more, reason):
    with pytest.raises(UsageError, match=reason):
        Question(**{"versions": (WEB,), **more})
