"""The security headers of responses, by what a browser may do with them.

Source: OWASP HTTP headers; RFC 6797 (Strict-Transport-Security); Fetch (Cross-Origin-Resource-Policy).
"""

from __future__ import annotations


Headers = tuple[tuple[bytes, bytes], ...]

_DOCUMENT_POLICY = b"default-src 'none'; frame-ancestors 'none'"
_BADGE_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"

_EVERYWHERE: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)

DOCUMENT: Headers = (
    *_EVERYWHERE,
    (b"content-security-policy", _DOCUMENT_POLICY),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""For everything but badges; a page replaces the policy by its own."""

BADGE: Headers = (
    *_EVERYWHERE,
    (b"content-security-policy", _BADGE_POLICY),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
"""For badges, which pages of every site show."""


def strict_transport(seconds: int) -> Headers:
    """Return the header that makes browsers use only TLS with this host for *seconds*; none for 0."""
    return ((b"strict-transport-security", b"max-age=%d" % seconds),) if seconds else ()
