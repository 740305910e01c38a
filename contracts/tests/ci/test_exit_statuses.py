"""Every expected error has one status, and says what it knows."""

from __future__ import annotations

import pytest

from contracts import client
from contracts.ci import exit_statuses
from contracts.ci.detection import UnknownBuild
from contracts.ci.git import TreeError
from contracts.client.documents import Notice
from contracts.fake_ci.processes import ServerError
from contracts.fake_ci.workflows import WorkflowError
from contracts.verification.serving import AppFailed


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (client.Conflict("it differs"), 1),
        (client.NotFound("none"), 2),
        (client.UsageError("which?"), 2),
        (client.Invalid("wrong"), 2),
        (client.NotSupported("pb:secrets"), 2),
        (TreeError("no git"), 2),
        (UnknownBuild("no commit"), 2),
        (WorkflowError("no job"), 2),
        (client.Unreachable("silence"), 4),
        (client.Refused("who?", 401), 4),
        (client.UnexpectedAnswer("a page"), 4),
        (client.ForeignLink("elsewhere"), 4),
        (ServerError("did not start"), 4),
        (AppFailed("did not start"), 4),
    ],
)
def test_every_expected_error_has_its_status(error, status):
    assert isinstance(error, exit_statuses.EXPECTED)
    assert exit_statuses.exit_status(error) == status
    assert exit_statuses.reasons(error) == (str(error),)


def test_the_reasons_of_a_conflict_are_its_notices_without_debugging():
    notices = (Notice(type="error", text="one line differs"), Notice(type="debug", text="x"))
    assert exit_statuses.reasons(client.Conflict("refused", notices)) == ("one line differs", "refused")
