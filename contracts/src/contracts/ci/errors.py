"""What may go wrong in a pipeline without a fault of ours.

    PipelineError
    ├── ProjectError       the declaration in pyproject.toml is missing or wrong
    ├── TreeError          git is missing or refuses
    ├── UnknownBuild       nothing says which commit or branch is built
    ├── WorkflowError      a workflow file cannot be read or played here
    └── ServerError        a server did not start

The client's errors have a tree of their own (`contracts.client.errors`).
"""

from __future__ import annotations

from typing import ClassVar


class PipelineError(Exception):
    """A pipeline's step cannot go on; the message says why, and what to do."""

    status: ClassVar[int] = 2
    """The exit status of a command that ends with it; `contracts.ci.exit_statuses` lists them."""
