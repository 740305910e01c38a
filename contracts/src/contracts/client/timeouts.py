"""How long a broker is waited for."""

from __future__ import annotations


# A lost SYN is sent again after one second: two leave room for one loss, and fail in good time.
CONNECT_TIMEOUT_SECONDS = 2.0
READ_TIMEOUT_SECONDS = 30.0
