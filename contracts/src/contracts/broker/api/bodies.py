"""Reading a request's body: JSON, then a pydantic model, with the protocol's words for every error.

Source: Pact Broker protocol, error bodies (flattening rules and standard texts).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from pydantic_core import ErrorDetails

from contracts.model import strict_json
from contracts.model.errors import Invalid, InvalidFields
from contracts.model.names import MOST_CHARACTERS


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
    """Base of every request body, and the body that may be any object.

    Types are strict, unknown keys are ignored, and a text has no null character.
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    @field_validator("*")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        """Refuse null characters, which PostgreSQL stores in JSON but not in texts."""
        texts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else [value]
        if any(isinstance(each, str) and "\0" in each for each in texts):
            raise ValueError("cannot contain null characters")
        return value


def parse(content: bytes) -> Any:
    """Return the JSON value of *content*.

    Raises:
        Invalid: if it is not JSON in UTF-8, nests deeper than 50 levels, or contains half of a surrogate pair or a
            number that is too large.
    """
    try:
        return strict_json.parse(content)
    except strict_json.NotReadable as error:
        raise Invalid(f"The body {error}") from None


def parse_object(content: bytes) -> dict[str, Any]:
    """Return the JSON object of *content*.

    Raises:
        Invalid: as `parse`, and if it is JSON of another kind.
    """
    value = parse(content)
    if not isinstance(value, dict):
        raise Invalid(f"The body must be a JSON object, but is {_kind(value)}")
    return value


def validate(model: type[Model], document: object, *, context: object = None) -> Model:
    """Return *document* as *model*; its validators may use *context*.

    Raises:
        InvalidFields: with every error, by field.
    """
    try:
        return model.model_validate(document, context=context)
    except ValidationError as error:
        raise InvalidFields(flatten(error.errors(include_url=False))) from None


def flatten(errors: Iterable[ErrorDetails]) -> dict[str, list[str]]:
    """Return pydantic's *errors* by field, worded as in the protocol."""
    flat: dict[str, list[str]] = {}
    for error in errors:
        key, text = _place(error["loc"], _text(error))
        flat.setdefault(key, []).append(text)
    return flat


def _text(error: ErrorDetails) -> str:
    return TEXTS.get(error["type"]) or error["msg"].removeprefix("Value error, ")


def _place(loc: tuple[int | str, ...], text: str) -> tuple[str, str]:
    """Return the field and the message; an element of a list has the list's name, and its index in the message."""
    index = next((position for position, part in enumerate(loc) if isinstance(part, int)), None)
    if index is None:
        return ".".join(str(part) for part in loc), text
    key = ".".join(str(part) for part in loc[:index])
    inner = ".".join(str(part) for part in loc[index + 1 :] if not isinstance(part, int))
    return key, f"{inner} {text} (at index {loc[index]})".strip()


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
