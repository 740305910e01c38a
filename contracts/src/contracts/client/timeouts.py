"""Time limits for requests to a broker, in seconds."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.client.errors import UsageError


# A lost SYN is sent again after one second: two seconds allow one loss, and still fail soon.
CONNECT_TIMEOUT_SECONDS = 2.0
READ_TIMEOUT_SECONDS = 30.0
# A restart took 1.6 s on SQLite and 5.5 s on PostgreSQL, and a deployment in a container some more.
PATIENCE_SECONDS = 30.0


def patience(environ: Mapping[str, str]) -> float | None:
    """Return the seconds of CONTRACTS_PATIENCE_SECONDS; None if it is not set.

    Raises:
        UsageError: if it is not a number of seconds.
    """
    text = environ.get("CONTRACTS_PATIENCE_SECONDS")
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise UsageError(
            f"CONTRACTS_PATIENCE_SECONDS is {text!r}. Set it to a number of seconds, or to 0 to send each request once."
        )
    return seconds
