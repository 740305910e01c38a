"""Removal of secrets from texts."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.model.redaction import redacted, redacted_value
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
