"""Removal of secrets from texts."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.model.redaction import redacted, redacted_beginning, redacted_value
from contracts.model.webhooks import STARS


SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=30)
WRITTEN = [str, quote, quote_plus, escape, json.dumps, lambda text: json.dumps(text, ensure_ascii=False)]


@pytest.mark.parametrize("write", WRITTEN)
@given(secret=SECRETS, before=st.text(max_size=5), after=st.text(max_size=5))
def test_a_secret_is_not_found_however_it_was_written(write, secret, before, after):
    assume("*" not in secret)
    written = write(secret)
    assume(written not in before + after)
    assert written.strip('"') not in redacted(before + written + after, [secret]) or not written.strip('"')


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@given(
    secret=st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=30),
    before=st.binary(max_size=5),
    after=st.binary(max_size=5),
)
def test_base64_does_not_hide_a_secret_wherever_it_begins(encode, secret, before, after):
    written = encode(before + secret.encode() + after).decode()
    shown = redacted(written, [secret])
    assert STARS in shown
    assert len(shown.replace(STARS, "")) <= len(encode(before + after)) + 4


@pytest.mark.parametrize(
    "write",
    [
        quote_plus,
        lambda text: quote(quote(text, safe=""), safe=""),
        lambda text: json.dumps(text).replace("/", "\\/"),  # as PHP does
        lambda text: text.replace("+", "&#43;").replace("/", "&#x2F;"),
        lambda text: "\r\n".join(text[at : at + 16] for at in range(0, len(text), 16)),
        lambda text: json.dumps("\n".join(text[at : at + 4] for at in range(0, len(text), 4))),
    ],
    ids=["url", "url-twice", "php", "html", "lines", "lines-in-json"],
)
@pytest.mark.parametrize("inner", [str, json.dumps, quote])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_base64_that_is_encoded_or_of_an_encoded_secret_does_not_hide_it(write, inner, encode):
    secret = 's3cr"t?~>value/+zz~~??é>>'
    written = write(encode(inner(f"a {secret} b").encode()).decode())
    shown = redacted(written, [secret])
    assert STARS in shown
    assert len(shown.replace(STARS, "")) < len(written) / 2


def test_the_beginning_of_a_secret_at_the_end_of_a_part_is_left_out():
    secret, other = "a/secret+value", "s3cr3t"
    for written in (secret, quote(secret, safe=""), b64encode(b"1" + secret.encode()).decode()):
        assert redacted_beginning(f"{secret}, {written[: len(written) - 4]}", [secret, other]).startswith(f"{STARS}, ")
        assert len(redacted_beginning(f"{secret}, {written[: len(written) - 4]}", [secret, other])) <= len(STARS) + 4
    assert redacted_beginning(f"{secret}, and more", [secret, other]) == f"{STARS}, and more"
    assert redacted_beginning("no secrets", []) == "no secrets"


@given(SECRETS)
def test_hex_does_not_hide_a_secret(secret):
    data = secret.encode().hex()
    assert redacted(f"<{data}> <{data.upper()}>", [secret]) == f"<{STARS}> <{STARS}>"


def test_the_rest_of_a_text_stays():
    assert redacted('token "s3cret" is wrong', ["s3cret", "other"]) == 'token "**********" is wrong'


def test_the_longer_of_two_secrets_is_replaced_first():
    assert redacted("Bearer abcdef", ["abcd", "Bearer abcdef"]) == "**********"


def test_a_very_short_secret_is_not_replaced():
    assert redacted('{"ok": true}', ["o", "tru"]) == '{"ok": true}'


def test_secrets_go_from_the_texts_and_keys_of_a_value_and_the_rest_stays():
    value = {"s3cret": ["a s3cret", 12345, None, {"of": "others"}], "ok": True}
    assert redacted_value(value, ["s3cret", "2345"]) == {
        "**********": ["a **********", 12345, None, {"of": "others"}],
        "ok": True,
    }


@pytest.mark.parametrize(
    "written",
    [
        "a%2fb%26c%22%c3%a9%0ad",
        "a%252Fb%2526c%2522%25C3%25A9%250Ad",
        r"a\/b&c\"\u00E9\nd",
        r"a\\\/b\\u0026c\\\"\\u00e9\\nd",
        "a/b&#38;c&#34;&#xE9;&#10;d",
        r"a/b&c\"\xc3\xa9\nd",
        "a/b&amp;amp;c&quot;é\nd",
        'a/b&c"é d',
    ],
)
def test_no_way_of_writing_a_secret_hides_it(written):
    """As other servers write it: lower case, numbers of characters, escaped slashes, twice, or as a header."""
    assert redacted(f"<{written}>", ['a/b&c"é\nd']) == f"<{STARS}>"


def test_a_secret_inside_of_another_text_that_is_encoded_is_replaced():
    inner = json.dumps({"token": 'se"cret/1'})
    outer = json.dumps({"request": inner})
    assert "cret" not in redacted(outer, ['se"cret/1'])
    assert "cret" not in redacted(quote(quote_plus(inner)), ['se"cret/1'])


@pytest.mark.parametrize("secret", ["/\\\\\\/ab", "%%%%2x", "<&<&amp;x"])
@pytest.mark.parametrize("hostile", ["\\", "%", "%25", "&amp;", "&#0", "%5C", "<"])
def test_a_hostile_text_takes_no_more_time_than_another(secret, hostile):
    assert redacted(hostile * 20_000, [secret]) == hostile * 20_000


def test_backslashes_are_found_escaped_or_not():
    secret = "a\\\\b\\c"
    for text in (secret, json.dumps(secret)[1:-1], json.dumps(json.dumps(secret))[3:-3], quote(secret)):
        assert redacted(f"<{text}>", [secret]) == f"<{STARS}>"


def test_a_long_secret_is_replaced_as_a_whole():
    key = "-----BEGIN KEY-----\n" + "\n".join(f"{number:060}/+=" for number in range(60)) + "\n-----END KEY-----\n"
    for text in (key, json.dumps(key)[1:-1], quote_plus(key), json.dumps(json.dumps(key))[3:-3]):
        assert redacted(f"<{text}>", [key]) == f"<{STARS}>"
    assert redacted(key[:-20], [key]) == key[:-20]
