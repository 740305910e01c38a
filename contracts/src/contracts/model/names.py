"""How an application's or environment's name is shown to people.

Source: Pact Broker protocol, pacticipant names.
"""

from __future__ import annotations

import re


_WORD_ENDS = re.compile(
    r"(?<=[a-z\d])(?=[A-Z]\S)"  # myService, A4Service
    r"|(?<=[A-Z])(?=[A-Z][a-z])"  # ABCService
)
_SEPARATOR = re.compile(r"(?<=\S)[-_.\s](\S)")  # one between two words; of several in a row, the first


def display_name(name: str) -> str:
    """The words of *name*, each with a capital: `my-service` becomes "My Service", `ABCService` "ABC Service"."""
    words = _SEPARATOR.sub(r" \1", _WORD_ENDS.sub(" ", name)).split()
    return " ".join(word[0].upper() + word[1:] for word in words)
