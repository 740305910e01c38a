"""The errors of the client and of the event handler.

* CatalogueError
  * ProductNotFound      (the catalogue has no such product)
  * CatalogueUnavailable (the catalogue cannot answer at the moment)
  * UnexpectedAnswer     (an answer or an event that no contract allows)
"""

from __future__ import annotations


class CatalogueError(Exception):
    """Base of every expected error; its message is for users."""


class ProductNotFound(CatalogueError):
    """The catalogue does not have the product."""


class CatalogueUnavailable(CatalogueError):
    """The catalogue gave no answer, or says that it cannot answer at the moment: try again later."""


class UnexpectedAnswer(CatalogueError):
    """The consumer cannot use the answer or the event: another attempt would not help."""
