"""Values in texts of every kind: a value stays one value."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, parse_qsl, quote_plus
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model.encodings import in_header
from contracts.model.templates import fill_body, fill_url


NAME = "${pactbroker.consumerName}"
FORM = "application/x-www-form-urlencoded"
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        'C","admin":true,"x":"',
        "Q&deploy=yes",
        "a=b",
        "a+b%20c",
        "]]>",
        "--><x/>",
        "<x a='1'>&amp;",
        "a\\",
        '\\"',
        "${x}",
    ]
)
XML_VALUES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n<>&'\"]-"),
    max_size=30,
)


def filled(body, value, content_type=None):
    return fill_body(body, {"consumerName": value, "providerName": value}, content_type)


@given(VALUES)
def test_json_inside_the_string_of_a_json_body(value):
    body = filled({"text": json.dumps({"c": f"of {NAME}"}), "list": [json.dumps([NAME])]}, value)
    assert json.loads(body["text"]) == {"c": f"of {value}"}
    assert json.loads(body["list"][0]) == [value]


@given(VALUES)
def test_json_inside_json_inside_a_text(value):
    innermost = json.dumps({"c": NAME, "n": 1})
    text = json.dumps({"a": json.dumps({"b": innermost})})
    outer = json.loads(filled(text, value, "application/json"))
    assert json.loads(json.loads(outer["a"])["b"]) == {"c": value, "n": 1}


@pytest.mark.parametrize(
    ("value", "read"), [("12", 12), ("true", True), ("-1.5e3", -1500.0), ("01", "01"), ("", ""), ('1,"x":2', '1,"x":2')]
)
def test_a_name_without_quotes_in_json_is_one_value(value, read):
    text = filled(f'{{"n": {NAME}, "nested": "{{\\"m\\": {NAME}}}"}}', value)
    document = json.loads(text)
    assert document["n"] == read
    assert json.loads(document["nested"]) == {"m": read}


@given(VALUES)
def test_a_value_cannot_end_a_string_of_a_text_that_is_sent_as_json(value):
    text = filled(f'{{"c": "{NAME}"', value, "application/vnd.x+json; charset=utf-8")
    assert json.loads(text + "}") == {"c": value}


@pytest.mark.parametrize("content_type", [None, FORM, f"{FORM}; charset=utf-8"])
@given(value=VALUES)
def test_a_field_of_a_form(content_type, value):
    body = filled(f"consumer={NAME}&deploy=no&{NAME}=1&both=on+{NAME}", value, content_type)
    assert parse_qsl(body, keep_blank_values=True) == [
        ("consumer", value),
        ("deploy", "no"),
        (value, "1"),
        ("both", f"on {value}"),
    ]


@given(VALUES)
def test_json_in_a_field_of_a_form(value):
    template = json.dumps({"text": f"of {NAME}"})
    for written in (template, quote_plus(template).replace(quote_plus(NAME), NAME)):
        (payload,) = parse_qs(filled(f"payload={written}&a=1", value, FORM))["payload"]
        assert json.loads(payload) == {"text": f"of {value}"}


@given(VALUES)
def test_json_in_a_query(value):
    url = fill_url(f"https://h/x?p=%7B%22a%22:%22{NAME}%22%7D&b=1", {"consumerName": value})
    fields = parse_qs(url.partition("?")[2])
    assert (json.loads(fields["p"][0]), fields["b"]) == ({"a": value}, ["1"])


@pytest.mark.parametrize("content_type", [None, "text/xml", "application/atom+xml; charset=utf-8", "text/plain"])
@given(value=XML_VALUES)
def test_elements_attributes_sections_and_comments_of_xml(content_type, value):
    text = f"<build of='{NAME}' to=\"{NAME}\"><a>{NAME}</a><b><![CDATA[<{NAME}]]></b><!-- {NAME} --></build>"
    root = ET.fromstring(filled(text, value, content_type))  # noqa: S314, made here
    assert (root.get("of"), root.get("to")) == (value, value)
    assert (root.findtext("a") or "", root.findtext("b")) == (value, f"<{value}")
    assert [each.tag for each in root] == ["a", "b"]


def test_xml_inside_the_string_of_a_json_body():
    assert filled({"x": f"<a>{NAME}</a>"}, "</a><b/>") == {"x": "<a>&lt;/a&gt;&lt;b/&gt;</a>"}


def test_characters_that_xml_cannot_contain_are_replaced():
    assert filled(f"<a>{NAME}</a>", "a\x00b") == "<a>a\N{REPLACEMENT CHARACTER}b</a>"


@pytest.mark.parametrize("text", [f"say {NAME}", f"<!here> {NAME}", f"*{NAME}* = <https://h|{NAME}>", NAME])
def test_a_text_without_syntax_gets_the_value_as_it_is(text):
    value = 'a "b" & <c>'
    assert filled(text, value, "text/plain") == text.replace(NAME, value)
    assert filled({"text": text}, value) == {"text": text.replace(NAME, value)}


def test_the_text_around_a_value_remains_unchanged():
    assert filled(f'{{ "a" : "{NAME}","b":"\\u00e9" }}', "x") == '{ "a" : "x","b":"\\u00e9" }'
    assert filled(f"a=%41&b={NAME}", "x", FORM) == "a=%41&b=x"


@pytest.mark.parametrize("content_type", [None, FORM, "application/json", "text/xml"])
@pytest.mark.parametrize("text", ["a=${pactbroker.unknown}", '{"a": "${user.x}"}', "<a>${pactbroker.unknown}</a>"])
def test_an_unknown_name_stays(content_type, text):
    assert filled(text, "never", content_type) == text


@given(VALUES)
def test_a_header_is_one_line(value):
    header = in_header(f"of {NAME}", {"consumerName": value})
    assert not any(each in header for each in "\r\n\0\t\x7f")
    assert header == header.strip()


def test_a_line_break_in_a_header_becomes_a_space():
    assert in_header(NAME, {"consumerName": "a\r\nx-admin: 1"}) == "a  x-admin: 1"
