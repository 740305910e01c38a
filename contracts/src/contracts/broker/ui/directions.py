"""Characters that change the direction of a text, such as those of a name that poses as another."""

from __future__ import annotations

import re


_CONTROL = r"[\u202a-\u202e\u2066-\u2069]"
_CONTROLS = re.compile(_CONTROL)
_TAG_OR_CONTROL = re.compile(rf"<textarea\b.*?</textarea>|<[^>]*>|{_CONTROL}", re.DOTALL)


def spelled(html: str) -> str:
    r"""Return *html* with each of these characters in its texts as `\u202e`, and attributes and fields as they are.

    An isolation that a name begins and does not end would otherwise end that of its element, and turn around what
    follows.
    """
    return html if _CONTROLS.search(html) is None else _TAG_OR_CONTROL.sub(_spelled, html)


def _spelled(match: re.Match[str]) -> str:
    part = match[0]
    return part if part.startswith("<") else f"\\u{ord(part):04x}"
