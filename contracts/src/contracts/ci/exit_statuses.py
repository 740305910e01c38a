"""The exit statuses of every command, the tasks' and those of `contracts`: one table.

* 0: it did what it says; of can-i-deploy: yes;
* 1: no: not deployable, a contract that is not kept, a conflict;
* 2: the question is wrong: missing or contradictory options, unknown names, files that are not pacts, a feature or a
  library that is not there;
* 3: can-i-deploy alone: the answer is unknown; clean alone: another process is cleaning;
* 4: the broker or its database cannot be reached or used, refuses the credentials, or answers what no broker answers;
  an application or a server did not start;
* 70: a fault of ours, with a traceback;
* 130: interrupted.
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
"""What may go wrong without a fault of ours: each has a status, and words fit for a person."""


def exit_status(error: Exception) -> int:
    """The status that a command ends with because of *error*, one of those EXPECTED."""
    match error:
        case PipelineError():
            return error.status
        case Conflict():
            return NO
        case UsageError() | NotFound() | Invalid() | NotSupported():
            return USAGE
        case _:
            return UNREACHABLE


def told(error: Exception) -> tuple[str, ...]:
    """What *error* has to say: of a conflict the broker's own notices first, which show what differs."""
    notices = error.notices if isinstance(error, Conflict) else ()
    return (*(notice.text for notice in notices if notice.type != "debug"), str(error))
