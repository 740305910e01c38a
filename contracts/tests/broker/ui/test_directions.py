"""Characters that change the direction of a text."""

from __future__ import annotations

from contracts.broker.ui.directions import spelled


def test_a_text_shows_the_characters_that_would_turn_it_around():
    assert spelled("<h1>abc\u202edef\u2066ghi</h1>") == r"<h1>abc\u202edef\u2066ghi</h1>"


def test_attributes_and_fields_keep_them():
    html = '<input value="a\u202eb"><textarea name="body">\na\u202eb</textarea>'
    assert spelled(html) == html


def test_a_text_from_right_to_left_stays_as_it_is():
    html = "<h1>\u05e9\u05dc\u05d5\u05dd \u200f!</h1>"
    assert spelled(html) == html
