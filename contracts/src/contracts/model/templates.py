"""`${pactbroker.…}` in a webhook's request: names that stand for what happened.

Source: Pact Broker protocol, template parameters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus


if TYPE_CHECKING:
    from collections.abc import Mapping


_PARAMETER = re.compile(r"\$\{pactbroker\.([A-Za-z]+)\}")


def fill(text: str, parameters: Mapping[str, str]) -> str:
    """*text* with each known name replaced by its value; an unknown name stays as it is."""
    return _PARAMETER.sub(lambda found: parameters.get(found[1], found[0]), text)


def fill_url(url: str, parameters: Mapping[str, str]) -> str:
    """*url* with each known name replaced by its value, encoded so that it stays one part of the address."""
    return fill(url, {name: quote_plus(value) for name, value in parameters.items()})


def fill_document(value: Any, parameters: Mapping[str, str]) -> Any:  # noqa: ANN401, JSON is anything
    """A JSON *value* with the names in its texts replaced; it stays the document it was, whatever the values hold."""
    match value:
        case str():
            return fill(value, parameters)
        case list():
            return [fill_document(each, parameters) for each in value]
        case dict():
            return {fill(key, parameters): fill_document(each, parameters) for key, each in value.items()}
        case _:
            return value
