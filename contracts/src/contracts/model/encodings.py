"""Values for `${pactbroker.…}` and `${user.…}`, encoded so that each stays one value in the surrounding text.

Each function replaces the names in *parameters*. Unknown names and the names inside values remain unchanged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote, quote_plus, unquote, unquote_plus


# the name in the parameters: `consumerName` for ${pactbroker.consumerName}, and `user.TOKEN` for ${user.TOKEN}
_PARAMETER = re.compile(r"\$\{(?:pactbroker\.)?((?<=pactbroker\.)[A-Za-z]+|(?<=\{)user\.[A-Za-z0-9_-]+)\}")
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
    """Fill a text without encoding."""
    return _fill(text, parameters, str)


def in_text(text: str, parameters: Mapping[str, str]) -> str:
    """Fill a text of unknown type: as JSON or XML if it is one, otherwise without encoding."""
    if not _names(text, parameters):
        return text
    if _is_json(text):
        return _in_json(text, parameters)
    return in_xml(text, parameters) if _XML.match(text) else as_it_is(text, parameters)


def in_json(text: str, parameters: Mapping[str, str]) -> str:
    """Fill a JSON text; if it is not valid JSON, values are encoded as in a JSON string."""
    if _is_json(text):
        return _in_json(text, parameters)
    return _fill(text, parameters, lambda value: json.dumps(value, ensure_ascii=False)[1:-1])


def in_xml(text: str, parameters: Mapping[str, str]) -> str:
    """Fill an XML or HTML text: elements, attributes, CDATA sections and comments."""

    def filled(part: re.Match[str]) -> str:
        if part["cdata"]:
            return f"<![CDATA[{_in_cdata(part['cdata'][9:-3], parameters)}]]>"
        if part["comment"]:
            return _fill(part["comment"], parameters, lambda value: _in_markup(value).replace("-", "&#45;"))
        return _fill(part[0], parameters, _in_markup)

    return _XML_PART.sub(filled, text)


def is_form(text: str) -> bool:
    """Whether *text* begins like a form: a field's name and an equals sign."""
    return _FORM.match(text) is not None


def in_form(text: str, parameters: Mapping[str, str]) -> str:
    """Fill a form or a query (application/x-www-form-urlencoded); its fields may contain JSON or XML."""
    return "&".join("=".join(_in_field(part, parameters) for part in field.split("=", 1)) for field in text.split("&"))


def in_path(segment: str, parameters: Mapping[str, str]) -> str:
    """Fill a segment of a URL's path, where a plus is not a space."""
    return _fill(segment, parameters, lambda value: quote(value, safe=""))


def moves_in_path(segment: str) -> bool:
    """Whether a server may resolve *segment* to another folder.

    Servers remove `.` and `..` (RFC 3986, 5.2.4), also if they are percent-encoded. An encoded slash or a backslash may
    be a separator for them, and they may ignore the text after a semicolon.
    """
    parts = re.split(r"[/\\]", unquote(segment))
    return any(each.partition(";")[0].strip() in {".", ".."} for each in parts)


def in_header(text: str, parameters: Mapping[str, str]) -> str:
    """Fill a header's value.

    RFC 9110, 5.5: "CR, LF, or NUL characters are invalid and dangerous"; a control character becomes a space.
    """
    return _fill(text, parameters, lambda value: _CONTROL.sub(" ", value)).strip()


def _names(text: str, parameters: Mapping[str, str]) -> bool:
    """Whether *text* contains a name in *parameters*."""
    return any(name in parameters for name in _PARAMETER.findall(text))


def _fill(text: str, parameters: Mapping[str, str], encode: Callable[[str], str]) -> str:
    """Replace each name in *parameters* by its value, encoded by *encode*."""
    return _PARAMETER.sub(
        lambda name: encode(parameters[name[1]]) if name[1] in parameters else name[0],
        text,
    )


def _in_json(text: str, parameters: Mapping[str, str]) -> str:
    def filled(part: re.Match[str]) -> str:
        if not part["string"]:
            return _fill(part[0], parameters, _as_json_value)
        if not _names(part["string"], parameters):
            return part["string"]
        return json.dumps(in_text(json.loads(part["string"], strict=False), parameters), ensure_ascii=False)

    return _JSON_PART.sub(filled, text)


def _is_json(text: str) -> bool:
    """Whether *text* is JSON if names outside of strings are replaced by values."""
    if text.lstrip()[:1] not in {"{", "[", '"'}:
        return False
    try:
        json.loads(_JSON_PART.sub(lambda part: part["string"] or "0", text), strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def _as_json_value(value: str) -> str:
    """Return the JSON for *value* outside of quotes: a number, true, false, null or else a string."""
    return value if _JSON_LITERAL.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def _in_markup(value: str) -> str:
    text = escape(_NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", value))
    return text.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def _in_cdata(text: str, parameters: Mapping[str, str]) -> str:
    """Fill the text of a CDATA section; no value can end the section."""
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
