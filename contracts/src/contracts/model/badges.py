"""Badges: SVG images with two texts on a coloured background.

Source: Pact Broker protocol, badges (the words). Widths are those of Verdana at 11 pixels; `textLength` adapts
other fonts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from contracts.model.verdicts import Verdict


class Colour(StrEnum):
    """The background of a badge's right text; its contrast with white is at least 4.5 to 1 (WCAG 2, AA)."""

    GREEN = "#2c7a35"
    ORANGE = "#ac5500"
    RED = "#c22f2f"
    GREY = "#6a6a6a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """The texts of a badge: *left* is its subject, *right* is the status."""

    left: str
    right: str
    colour: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class LastResult:
    """The last result for a series of pacts; *current* if it is for the content of the latest pact."""

    success: bool
    pending: bool
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The subject of a pact's badge; the tags follow the names if the badge is about tagged versions."""

    consumer: str
    provider: str
    consumer_tag: str | None = None
    provider_tag: str | None = None

    def text(self, label: str, *, initials: bool) -> str:
        """Return the title in lower case: both names, or one if *label* is its role; with *initials*, abbreviated."""
        consumer = _called(self.consumer, self.consumer_tag, initials=initials)
        provider = _called(self.provider, self.provider_tag, initials=initials)
        names = {"consumer": consumer, "provider": provider}
        return f"{names.get(label, f'{consumer}/{provider}')} pact".lower()


PACT_NOT_FOUND = Badge(left="pact not found", right="unknown", colour=Colour.GREY)


def not_found(what: str) -> Badge:
    """Return the badge of an object that does not exist, such as a branch."""
    return Badge(left=what, right="not found", colour=Colour.GREY)


def failed(reference: str) -> Badge:
    """Return the badge for an internal error; the broker's log has the details under *reference*."""
    return Badge(left="error", right=f"reference: {reference}", colour=Colour.GREY)


def of_pact(title: str, last: LastResult | None) -> Badge:
    """Return the badge of the latest pact of a series, by the *last* result."""
    right, colour = "unknown", Colour.GREY
    if last is not None:
        match last:
            case LastResult(success=True, current=True):
                right, colour = "verified", Colour.GREEN
            case LastResult(success=True):
                right, colour = "changed", Colour.ORANGE
            case LastResult(pending=True):
                right, colour = "failed (pending)", Colour.RED
            case _:
                right, colour = "failed", Colour.RED
    return Badge(left=title, right=right, colour=colour)


def of_deployment(label: str, what: str, where: str, verdict: Verdict) -> Badge:
    """Return the badge that says whether *what* can go *where*; unknown counts as no."""
    colour = Colour.GREEN if verdict.deployable is True else Colour.RED
    return Badge(left=label or "can-i-deploy", right=f"{what} to {where}", colour=colour)


def of_merge(verdict: Verdict) -> Badge:
    """Return the badge that says whether a version works with the main branches of other applications."""
    match verdict.deployable:
        case True:
            right, colour = "success", Colour.GREEN
        case False:
            right, colour = "failed", Colour.RED
        case _:
            right, colour = "unknown", Colour.GREY
    return Badge(left="can-i-merge", right=right, colour=colour)


def initials_of(name: str) -> str:
    """Return the initials of the words of *name*, in lower case; a single word remains unchanged."""
    words = [each for each in re.split(r"[\s_-]+", name) if each]
    if len(words) == 1:
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z]+", name)
    if len(words) <= 1:
        return name
    return "".join(word[0] for word in words).lower()


def draw(badge: Badge) -> str:
    """Return *badge* as SVG."""
    left, right = _Word.measured(badge.left), _Word.measured(badge.right)
    width = left.box + right.box
    title = escape(f"{left.text}: {right.text}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{title}">'
        f"<title>{title}</title>"
        f'<clipPath id="round"><rect width="{width}" height="20" rx="3"/></clipPath>'
        '<g clip-path="url(#round)">'
        f'<rect width="{left.box}" height="20" fill="#3f4550"/>'
        f'<rect x="{left.box}" width="{right.box}" height="20" fill="{badge.colour}"/>'
        "</g>"
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">'
        f"{left.drawn(0)}{right.drawn(left.box)}"
        "</g></svg>"
    )


_MARGIN = 6

# pixels at a font size of 11, one string of characters for each width
_WIDTHS = {
    character: width
    for width, characters in (
        (3.0, "'ijl"),
        (3.9, " f,."),
        (4.3, "!t"),
        (4.7, "Ir"),
        (5.0, '"()-/:;[\\]J|'),
        (5.8, "cszv?"),
        (6.5, "LFP`akxyv"),
        (7.0, "$*0123456789_bdeghnopquTEY{}"),
        (7.7, "ABCKRSVXZ"),
        (8.5, "&DGHNOQU"),
        (9.1, "#+<=>^~wM"),
        (11.0, "%@Wm"),
    )
    for character in characters
}
_OTHER, _WIDE = 7.7, 11.5
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    text: str
    length: int

    @classmethod
    def measured(cls, text: str) -> _Word:
        valid = _NOT_XML.sub("\ufffd", text)
        return cls(text=valid, length=round(sum(_width(each) for each in valid)))

    @property
    def box(self) -> int:
        """The width of the background."""
        return self.length + 2 * _MARGIN

    def drawn(self, x: int) -> str:
        return f'<text x="{x + _MARGIN}" y="14" textLength="{self.length}">{escape(self.text)}</text>'


def _width(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return _WIDE
    return _WIDTHS.get(character, _OTHER)


def _called(name: str, tag: str | None, *, initials: bool) -> str:
    text = initials_of(name) if initials else name
    return text if tag is None else f"{text} ({tag})"
