"""The forms that a question about rows can have; each form has one statement.

A form has a *shape* (which versions it is about), an *extent* (which of their rows it needs) and a grouping.
`Form` refuses the combinations that no question has, so `every_form` lists all the statements there can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from contracts.model.matrix_rows import LatestBy


class Shape(StrEnum):
    """The versions that a question is about."""

    VERSIONS = "between versions"
    VERSIONS_ONE_EACH = "between versions, one of each provider"
    NAMES = "between all versions of applications"
    NAMES_AND_VERSIONS = "between versions and all versions of applications"
    NAMES_AND_VERSIONS_ONE_EACH = "between versions, one of each provider, and all versions of applications"
    AROUND_VERSION = "around one version"
    AROUND_NAME = "around all versions of one application"


class Extent(StrEnum):
    """The rows that a question needs."""

    ALL = "all rows"
    NEWEST = "the newest rows"
    NEWEST_OF_EVERYBODY = "the rows of the newest pacts of all applications"
    COUNT = "the number of rows"
    COUNTEREXAMPLE = "the newest row that is not a success"


BETWEEN_VERSIONS = frozenset({Shape.VERSIONS, Shape.VERSIONS_ONE_EACH})
BETWEEN_NAMES = frozenset({Shape.NAMES, Shape.NAMES_AND_VERSIONS, Shape.NAMES_AND_VERSIONS_ONE_EACH})
ONE_EACH = frozenset({Shape.VERSIONS_ONE_EACH, Shape.NAMES_AND_VERSIONS_ONE_EACH})
AROUND = frozenset({Shape.AROUND_VERSION, Shape.AROUND_NAME})
HISTORY = BETWEEN_NAMES | {Shape.AROUND_NAME}
LIMITED = frozenset({Extent.NEWEST, Extent.NEWEST_OF_EVERYBODY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form of a question: everything that the text of its statement depends on.

    Raises:
        ValueError: if no question has this form.
    """

    shape: Shape
    extent: Extent
    latest_by: LatestBy | None

    def __post_init__(self) -> None:
        if self.extent is Extent.ALL and self.shape in HISTORY:
            raise ValueError("A history is never read as a whole. Use a limit")
        if self.extent is Extent.COUNT and (self.shape in AROUND or self.latest_by is not None):
            raise ValueError("Only results between applications are counted")

    @property
    def limited(self) -> bool:
        """Whether the response has a maximum number of rows."""
        return self.extent in LIMITED

    @property
    def every_revision(self) -> bool:
        """Whether every revision and every result is a row, not only the latest ones."""
        return self.latest_by is None

    def __str__(self) -> str:
        grouping = "every result" if self.latest_by is None else f"latest by {self.latest_by}"
        return f"{self.shape}: {self.extent}, {grouping}"


def every_form() -> Iterator[Form]:
    """Every form that a question can have."""
    for shape, extent, latest_by in product(Shape, Extent, (None, *LatestBy)):
        try:
            yield Form(shape=shape, extent=extent, latest_by=latest_by)
        except ValueError:
            continue
