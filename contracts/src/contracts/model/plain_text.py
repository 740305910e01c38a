"""Untrusted texts made safe for a terminal or a log.

Names, versions, descriptions and notices come from brokers and pull requests. Nothing in them may act as a command:
not in the terminal (control characters, half surrogates that it cannot encode), and not in GitHub's runner, which
executes lines that begin with "::" or contain "##[".
"""

from __future__ import annotations

import re


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


def plain(text: str) -> str:
    """Return *text* without commands for a terminal or GitHub's runner, and without colours."""
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _COLOUR.sub("", text).replace("\r\n", "\n"))
    return _COMMAND.sub("\\1\N{MODIFIER LETTER COLON}", text).replace("##[", "## [")
