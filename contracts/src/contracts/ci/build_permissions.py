"""Whether a job of a workflow on GitHub may request the token of its build.

Source: GitHub's documentation of `permissions` in workflows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def may_request_token(job: Mapping[str, Any], workflow: Mapping[str, Any]) -> bool:
    """Return whether a job has the permission, by its own permissions or else by those of its workflow.

    >>> may_request_token({}, {"permissions": "write-all"})
    True
    >>> may_request_token({"permissions": {"contents": "read"}}, {"permissions": {"id-token": "write"}})
    False
    """
    permissions: object = job.get("permissions", workflow.get("permissions"))
    if isinstance(permissions, dict):
        return "id-token" in permissions and permissions["id-token"] == "write"
    return permissions == "write-all"
