"""The exit statuses of every command and task.

| status | meaning |
|---|---|
| 0 | done; can-i-deploy: yes |
| 1 | no: not deployable, a failed verification, a conflict |
| 2 | wrong usage: missing or contradictory options, unknown names, wrong files, a missing feature or library |
| 3 | can-i-deploy: unknown; clean: another process is cleaning |
| 4 | the broker or its database cannot be used, or refuses the credentials; an application or server did not start |
| 70 | a bug of `contracts`, with a traceback |
| 130 | interrupted |
"""

from __future__ import annotations

from contracts.ci.errors import PipelineError
from contracts.client import ClientError, Conflict, Invalid, NotFound, NotSupported, UsageError
from contracts.verification.serving import AppFailed


YES = 0
NO = 1
USAGE = 2
UNKNOWN = 3
UNREACHABLE = 4

EXPECTED = (AppFailed, ClientError, PipelineError)
"""The errors that are not bugs: each has a status, and a message for people."""


def exit_status(error: Exception) -> int:
    """Return the exit status for *error*, one of EXPECTED."""
    match error:
        case PipelineError():
            return error.status
        case Conflict():
            return NO
        case UsageError() | NotFound() | Invalid() | NotSupported():
            return USAGE
        case _:
            return UNREACHABLE


def reasons(error: Exception) -> tuple[str, ...]:
    """Return the sentences that explain *error*; for a conflict the broker's notices first, which show what differs."""
    notices = error.notices if isinstance(error, Conflict) else ()
    return (*(notice.text for notice in notices if notice.type != "debug"), str(error))
