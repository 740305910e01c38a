"""Reading a request's body: JSON, then a pydantic model, and every refusal in the words of the protocol.

Source: Pact Broker protocol, error bodies (flattening rules and standard texts).
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from contracts.model.errors import Invalid, InvalidFields
from contracts.model.names import MOST_CHARACTERS


if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails


MOST_LEVELS = 50

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

TEXTS = {
    "missing": "is missing",
    "string_type": "must be a string",
    "string_too_short": "must be filled",
    "string_too_long": f"cannot be longer than {MOST_CHARACTERS} characters",
    "bool_type": "must be boolean",
    "list_type": "must be an array",
    "dict_type": "must be a hash",
    "model_type": "must be a hash",
    "model_attributes_type": "must be a hash",
    "int_type": "must be an integer",
    "too_short": "size cannot be less than 1",
}


Model = TypeVar("Model", bound=BaseModel)


class Body(BaseModel):
    """Base of every request body: strict types, unknown keys ignored, names as on the wire, no null character.

    By itself it is any object.
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    @field_validator("*")
    @classmethod
    def _storable(cls, value: Any) -> Any:  # noqa: ANN401, every field's
        """PostgreSQL keeps no null character in a text; what is kept as JSON may hold one."""
        texts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else [value]
        if any(isinstance(each, str) and "\0" in each for each in texts):
            msg = "cannot contain null characters"
            raise ValueError(msg)
        return value


def parse(content: bytes) -> Any:  # noqa: ANN401, JSON is anything
    """The JSON value of *content*.

    Raises:
        Invalid: if it is not JSON in UTF-8, nests deeper than 50 levels, or holds half of a surrogate pair or a number
            that is too large.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[max(0, error.start - 20) : error.start].decode(errors="replace")
        msg = f"The body is not UTF-8: byte {error.start + 1} cannot be read, after '{before}'"
        raise Invalid(msg) from None
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        msg = f"The body is not JSON: {error or 'it nests too deeply'}"
        raise Invalid(msg) from None
    if _deeper(value, MOST_LEVELS):
        msg = f"The body nests deeper than {MOST_LEVELS} levels"
        raise Invalid(msg)
    if _SURROGATE.search(content):
        _require_whole_characters(value)
    return value


def parse_object(content: bytes) -> dict[str, Any]:
    """The JSON object of *content*.

    Raises:
        Invalid: as `parse`, and if it is JSON of another kind.
    """
    value = parse(content)
    if not isinstance(value, dict):
        msg = f"The body must be a JSON object, but is {_kind(value)}"
        raise Invalid(msg)
    return value


def validate(model: type[Model], document: object, *, context: object = None) -> Model:
    """*document* as *model*, whose rules may ask for *context*.

    Raises:
        InvalidFields: with every broken rule, by field.
    """
    try:
        return model.model_validate(document, context=context)
    except ValidationError as error:
        raise InvalidFields(flatten(error.errors(include_url=False))) from None


def flatten(errors: Iterable[ErrorDetails]) -> dict[str, list[str]]:
    """Pydantic's *errors* by field, as the protocol writes them."""
    flat: dict[str, list[str]] = {}
    for error in errors:
        key, text = _place(error["loc"], _text(error))
        flat.setdefault(key, []).append(text)
    return flat


def _text(error: ErrorDetails) -> str:
    return TEXTS.get(error["type"]) or error["msg"].removeprefix("Value error, ")


def _place(loc: tuple[int | str, ...], text: str) -> tuple[str, str]:
    """A list's element goes by the list's name, with the rest of its place in the message."""
    index = next((position for position, part in enumerate(loc) if isinstance(part, int)), None)
    if index is None:
        return ".".join(str(part) for part in loc), text
    key = ".".join(str(part) for part in loc[:index])
    inner = ".".join(str(part) for part in loc[index + 1 :] if not isinstance(part, int))
    return key, f"{inner} {text} (at index {loc[index]})".strip()


def _deeper(value: object, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [inner for each in layer for inner in _inside(each)]
        if not layer:
            return False
    return True


def _inside(value: object) -> list[Any]:
    """The arrays and objects right inside *value*; a plain value holds none, an empty array one level less."""
    match value:
        case dict():
            return [each for each in value.values() if isinstance(each, dict | list)]
        case list():
            return [each for each in value if isinstance(each, dict | list)]
        case _:
            return []


def _require_whole_characters(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        msg = "The body holds half of a surrogate pair, which is not a character"
        raise Invalid(msg) from None


def _refuse(constant: str) -> NoReturn:
    msg = f"{constant} is not a JSON value"
    raise ValueError(msg)


def _finite(digits: str) -> float:
    """The number, if there is one that large: what became infinity would be kept as null."""
    number = float(digits)
    return number if math.isfinite(number) else _refuse(digits)


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case list():
            return "an array"
        case str():
            return "a string"
        case _:
            return "a number"
