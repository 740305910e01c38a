"""Values in the place of `${pactbroker.…}`, written so that each stays one value of the text around it.

Each function replaces the names that are in *parameters*; an unknown name stays as it is, and no value is filled again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote, quote_plus, unquote, unquote_plus


_PARAMETER = re.compile(r"\$\{pactbroker\.([A-Za-z]+)\}")
# RFC 8259: a string, or outside of strings a name
_JSON_PART = re.compile(rf'(?P<string>"(?:[^"\\]|\\.)*")|{_PARAMETER.pattern}', re.DOTALL)
_JSON_LITERAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_XML_PART = re.compile(rf"(?P<cdata><!\[CDATA\[.*?\]\]>)|(?P<comment><!--.*?-->)|{_PARAMETER.pattern}", re.DOTALL)
_XML = re.compile(r"\s*(?:<\?xml\s|<!DOCTYPE\s|<([A-Za-z_][\w.:-]*)(?=[\s/>]).*(?:</\1\s*>|/>)\s*\Z)", re.DOTALL)
# XML 1.0, section 2.2
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORM = re.compile(r"""(?:[^\s=&{}<"]|\$\{[^}]*\})+=""")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def as_it_is(text: str, parameters: Mapping[str, str]) -> str:
    """Fill a text that has no syntax."""
    return _fill(text, parameters, str)


def in_text(text: str, parameters: Mapping[str, str]) -> str:
    """Fill a text of unknown kind: as JSON or XML where it is that, else as it is."""
    if not _names(text, parameters):
        return text
    if _is_json(text):
        return _in_json(text, parameters)
    return in_xml(text, parameters) if _XML.match(text) else as_it_is(text, parameters)


def in_json(text: str, parameters: Mapping[str, str]) -> str:
    """Fill a JSON text; in one that is not JSON, values are written as in a string."""
    if _is_json(text):
        return _in_json(text, parameters)
    return _fill(text, parameters, lambda value: json.dumps(value, ensure_ascii=False)[1:-1])


def in_xml(text: str, parameters: Mapping[str, str]) -> str:
    """Fill an XML or HTML text: elements, attributes, CDATA sections and comments."""

    def written(part: re.Match[str]) -> str:
        if part["cdata"]:
            return f"<![CDATA[{_in_cdata(part['cdata'][9:-3], parameters)}]]>"
        if part["comment"]:
            return _fill(part["comment"], parameters, lambda value: _in_markup(value).replace("-", "&#45;"))
        return _fill(part[0], parameters, _in_markup)

    return _XML_PART.sub(written, text)


def is_form(text: str) -> bool:
    """Whether *text* begins as a form does: a field's name and an equals sign."""
    return _FORM.match(text) is not None


def in_form(text: str, parameters: Mapping[str, str]) -> str:
    """Fill a form or a query (application/x-www-form-urlencoded), whose fields may hold JSON or XML."""
    return "&".join("=".join(_in_field(part, parameters) for part in field.split("=", 1)) for field in text.split("&"))


def in_path(segment: str, parameters: Mapping[str, str]) -> str:
    """Fill one part of an address's path, in which a plus is a plus."""
    return _fill(segment, parameters, lambda value: quote(value, safe=""))


def moves_in_path(segment: str) -> bool:
    """Whether a server may take *segment* for another folder.

    That holds for `.` and `..` (RFC 3986, 5.2.4), percent-encoded too, as servers decode before they remove them; they
    may take an encoded slash or a backslash for a separator, and what follows a semicolon for no part of the name.
    """
    parts = re.split(r"[/\\]", unquote(segment))
    return any(each.partition(";")[0].strip() in {".", ".."} for each in parts)


def in_header(text: str, parameters: Mapping[str, str]) -> str:
    """Fill a header's value.

    RFC 9110, 5.5: "CR, LF, or NUL characters are invalid and dangerous"; a control character becomes a space, as there.
    """
    return _fill(text, parameters, lambda value: _CONTROL.sub(" ", value)).strip()


def _names(text: str, parameters: Mapping[str, str]) -> bool:
    """Whether a known name is in *text*."""
    return any(name in parameters for name in _PARAMETER.findall(text))


def _fill(text: str, parameters: Mapping[str, str], written: Callable[[str], str]) -> str:
    """Replace each known name by its value, *written* as its place requires."""
    return _PARAMETER.sub(
        lambda name: written(parameters[name[1]]) if name[1] in parameters else name[0],
        text,
    )


def _in_json(text: str, parameters: Mapping[str, str]) -> str:
    def written(part: re.Match[str]) -> str:
        if not part["string"]:
            return _fill(part[0], parameters, _as_json_value)
        if not _names(part["string"], parameters):
            return part["string"]
        return json.dumps(in_text(json.loads(part["string"], strict=False), parameters), ensure_ascii=False)

    return _JSON_PART.sub(written, text)


def _is_json(text: str) -> bool:
    """Whether *text* is JSON, with any value in the place of a name that is outside of strings."""
    if text.lstrip()[:1] not in {"{", "[", '"'}:
        return False
    try:
        json.loads(_JSON_PART.sub(lambda part: part["string"] or "0", text), strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def _as_json_value(value: str) -> str:
    """The JSON for *value* where no quotes are around its name: a number or a word of JSON, else a string."""
    return value if _JSON_LITERAL.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def _in_markup(value: str) -> str:
    text = escape(_NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", value))
    return text.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def _in_cdata(text: str, parameters: Mapping[str, str]) -> str:
    """Fill the text of a CDATA section, which nothing in it may end."""
    filled = _fill(text, parameters, lambda value: _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", value))
    return filled.replace("]]>", "]]]]><![CDATA[>")


def _in_field(text: str, parameters: Mapping[str, str]) -> str:
    """Fill the name or the value of a form's field."""
    if not _names(text, parameters):
        return text
    plain = unquote_plus(text)
    if _is_json(plain) or _XML.match(plain):
        return quote_plus(in_text(plain, parameters))
    return _fill(text, parameters, quote_plus)
