"""Content negotiation: the media type of a response, and the content type of a request.

Source: RFC 9110, section 12.5.1 (Accept); Pact Broker protocol, content types.
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1024)
def choose(accept: str, provides: tuple[str, ...]) -> str | None:
    """Return the media type of *provides* that *accept* prefers; None if it accepts none of them.

    No Accept header, or a wildcard, means the first provided. Of two with the same quality, the client's first wins.
    A provided type with a version is chosen only by a client that names this version.
    """
    if not accept.strip():
        return provides[0]
    best: tuple[float, int, str] | None = None
    for position, (pattern, version, quality) in enumerate(_ranges(accept)):
        provided = next((each for each in provides if _matches(pattern, version, each)), None)
        if provided is None or quality <= 0:
            continue
        if best is None or (quality, -position) > (best[0], -best[1]):
            best = (quality, position, provided)
    return best[2] if best else None


def essence(content_type: str) -> str:
    """Return *content_type* without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def _ranges(accept: str) -> list[tuple[str, str, float]]:
    """Return the pattern, the version and the quality of each part of *accept*."""
    ranges = []
    for part in accept.split(","):
        pattern, *parameters = (each.strip().lower() for each in part.split(";"))
        version, quality = "", 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                quality = _quality(value)
            elif name.strip() == "version":
                version = value.strip().strip('"')
        if pattern:
            ranges.append((pattern, version, quality))
    return ranges


def _quality(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0


def _matches(pattern: str, version: str, media_type: str) -> bool:
    plain, _, provided_version = media_type.partition(";version=")
    if provided_version:
        return pattern == plain and version == provided_version
    if pattern == "*/*":
        return True
    kind, _, subtype = pattern.partition("/")
    return pattern == media_type or (subtype == "*" and media_type.startswith(kind + "/"))
