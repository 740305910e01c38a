"""Badges: two words on coloured ground, drawn here and fetched from nowhere.

Source: Pact Broker protocol, badges (the words). Widths are those of Verdana at 11 pixels; `textLength` makes another
font fit.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from contracts.model.verdicts import Verdict


class Colour(StrEnum):
    """The ground of a badge's right word; white text on each has a contrast of at least 4.5 to 1 (WCAG 2, AA)."""

    GREEN = "#2c7a35"
    ORANGE = "#ac5500"
    RED = "#c22f2f"
    GREY = "#6a6a6a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """What a badge says: *left* is what it is about, *right* how that stands."""

    left: str
    right: str
    colour: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class LastResult:
    """The result that speaks for a line of pacts; *current* if it is of the content of the line's latest pact."""

    success: bool
    pending: bool
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What a pact's badge is about; the tags stand behind the names, where the badge is about tagged versions."""

    consumer: str
    provider: str
    consumer_tag: str | None = None
    provider_tag: str | None = None

    def text(self, label: str, *, initials: bool) -> str:
        """The title in lower case: both names, or the one whose role *label* is; as initials if they are asked for."""
        consumer = _called(self.consumer, self.consumer_tag, initials=initials)
        provider = _called(self.provider, self.provider_tag, initials=initials)
        names = {"consumer": consumer, "provider": provider}
        return f"{names.get(label, f'{consumer}/{provider}')} pact".lower()


PACT_NOT_FOUND = Badge(left="pact not found", right="unknown", colour=Colour.GREY)


def not_found(what: str) -> Badge:
    """The badge of something that is not there, such as a branch."""
    return Badge(left=what, right="not found", colour=Colour.GREY)


def failed(reference: str) -> Badge:
    """The badge when something went wrong in the broker; its log tells more under *reference*."""
    return Badge(left="error", right=f"reference: {reference}", colour=Colour.GREY)


def of_pact(title: str, last: LastResult | None) -> Badge:
    """The badge of the latest pact of a line, by the *last* result in it."""
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
    """Whether *what* can go *where*; what is not known is no yes."""
    colour = Colour.GREEN if verdict.deployable is True else Colour.RED
    return Badge(left=label or "can-i-deploy", right=f"{what} to {where}", colour=colour)


def of_merge(verdict: Verdict) -> Badge:
    """Whether a main branch works with the others'."""
    match verdict.deployable:
        case True:
            right, colour = "success", Colour.GREEN
        case False:
            right, colour = "failed", Colour.RED
        case _:
            right, colour = "unknown", Colour.GREY
    return Badge(left="can-i-merge", right=right, colour=colour)


def initials_of(name: str) -> str:
    """The first letters of *name*'s words, in lower case; a single word stays as it is."""
    words = [each for each in re.split(r"[\s_-]+", name) if each]
    if len(words) == 1:
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z]+", name)
    if len(words) <= 1:
        return name
    return "".join(word[0] for word in words).lower()


def draw(badge: Badge) -> str:
    """*badge* as SVG."""
    left, right = _Word.measured(badge.left), _Word.measured(badge.right)
    width = left.box + right.box
    said = escape(f"{left.text}: {right.text}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{said}">'
        f"<title>{said}</title>"
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
        shown = _NOT_XML.sub("\ufffd", text)
        return cls(text=shown, length=round(sum(_width(each) for each in shown)))

    @property
    def box(self) -> int:
        """The width of the word's ground."""
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
    shown = initials_of(name) if initials else name
    return shown if tag is None else f"{shown} ({tag})"
