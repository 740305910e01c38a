"""What can go wrong when the catalogue is asked, in the consumer's words.

* CatalogueError
  * ProductNotFound      (the catalogue has no such product)
  * CatalogueUnavailable (no answer, or the catalogue says that it cannot answer now)
  * UnexpectedAnswer     (an answer that no contract allows)
"""

from __future__ import annotations


class CatalogueError(Exception):
    """Base of every error the client raises on purpose; `str()` is fit for a person to read."""


class ProductNotFound(CatalogueError):
    """The catalogue has no such product."""


class CatalogueUnavailable(CatalogueError):
    """The catalogue gave no answer, or says that it cannot answer now: try again later."""


class UnexpectedAnswer(CatalogueError):
    """The catalogue's answer is none that the consumer understands: trying again will not help."""
