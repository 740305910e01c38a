"""Badges: their texts and images."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model.badges import (
    PACT_NOT_FOUND,
    Badge,
    Colour,
    LastResult,
    Title,
    draw,
    failed,
    initials_of,
    not_found,
    of_deployment,
    of_merge,
    of_pact,
)
from contracts.model.verdicts import Verdict


SVG = "{http://www.w3.org/2000/svg}"


def verdict(deployable):
    return Verdict(deployable=deployable, success=0, failed=0, unknown=0, ignored=None, reasons=())


@pytest.mark.parametrize(
    ("last", "right", "colour"),
    [
        (None, "unknown", Colour.GREY),
        (LastResult(success=True, pending=False, current=True), "verified", Colour.GREEN),
        (LastResult(success=True, pending=True, current=True), "verified", Colour.GREEN),
        (LastResult(success=True, pending=False, current=False), "changed", Colour.ORANGE),
        (LastResult(success=False, pending=False, current=True), "failed", Colour.RED),
        (LastResult(success=False, pending=True, current=False), "failed (pending)", Colour.RED),
    ],
)
def test_the_badge_of_a_pact_shows_its_last_result(last, right, colour):
    assert of_pact("till/ledger pact", last) == Badge(left="till/ledger pact", right=right, colour=colour)


@pytest.mark.parametrize(("deployable", "colour"), [(True, Colour.GREEN), (False, Colour.RED), (None, Colour.RED)])
def test_only_a_yes_is_green_for_a_deployment(deployable, colour):
    badge = of_deployment("", "main", "live", verdict(deployable))
    assert badge == Badge(left="can-i-deploy", right="main to live", colour=colour)


def test_a_deployments_badge_can_be_labelled():
    assert of_deployment("mine", "main", "live", verdict(deployable=True)).left == "mine"


@pytest.mark.parametrize(
    ("deployable", "right", "colour"),
    [(True, "success", Colour.GREEN), (False, "failed", Colour.RED), (None, "unknown", Colour.GREY)],
)
def test_the_badge_of_a_merge_shows_its_verdict(deployable, right, colour):
    assert of_merge(verdict(deployable)) == Badge(left="can-i-merge", right=right, colour=colour)


def test_missing_objects_and_errors_have_a_badge():
    assert (PACT_NOT_FOUND.left, PACT_NOT_FOUND.right) == ("pact not found", "unknown")
    assert (not_found("branch").left, not_found("branch").right) == ("branch", "not found")
    assert (failed("abc").left, failed("abc").right) == ("error", "reference: abc")


@pytest.mark.parametrize(
    ("label", "initials", "text"),
    [
        ("", False, "shop till/ledger pact"),
        ("other", False, "shop till/ledger pact"),
        ("consumer", False, "shop till pact"),
        ("provider", False, "ledger pact"),
        ("", True, "st/ledger pact"),
    ],
)
def test_a_title_names_both_applications_or_one(label, initials, text):
    assert Title(consumer="Shop Till", provider="Ledger").text(label, initials=initials) == text


def test_a_title_of_tagged_versions_names_the_tags():
    title = Title(consumer="Till", provider="Ledger", consumer_tag="dev", provider_tag="prod")
    assert title.text("", initials=False) == "till (dev)/ledger (prod) pact"


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Foo Bar", "fb"),
        ("stock-front_end Web", "sfew"),
        ("MoneyLedgerApi", "mla"),
        ("moneyLedger", "ml"),
        ("HTTPServer", "hs"),
        ("Till", "Till"),
        ("till", "till"),
        ("API", "API"),
        ("", ""),
        ("--", "--"),
    ],
)
def test_initials_are_the_first_letters_of_words(name, initials):
    assert initials_of(name) == initials


def words(svg):
    root = ET.fromstring(svg)  # noqa: S314, our own image
    return root, [each.text for each in root.iter(f"{SVG}text")]


def test_a_screen_reader_can_read_an_image():
    root, words_shown = words(draw(Badge(left="a <b> & c", right="verified", colour=Colour.GREEN)))
    assert words_shown == ["a <b> & c", "verified"]
    assert root.findtext(f"{SVG}title") == root.get("aria-label") == "a <b> & c: verified"
    assert root.get("role") == "img"


def test_an_image_loads_nothing():
    svg = draw(PACT_NOT_FOUND).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|href|<style|<script", svg)


def test_a_wider_text_has_a_wider_background():
    def width(left):
        return int(ET.fromstring(draw(Badge(left=left, right="x", colour=Colour.GREY))).get("width"))  # noqa: S314

    assert width("iii") < width("mmm") < width("商商商")
    assert width("e") == width("e\u0301")


@given(st.text(), st.text())
def test_any_text_makes_a_well_formed_image(left, right):
    root, words_shown = words(draw(Badge(left=left, right=right, colour=Colour.RED)))
    assert len(words_shown) == 2
    assert int(root.get("width")) >= 24


@pytest.mark.parametrize("colour", Colour)
def test_white_text_is_legible_on_every_background(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5
