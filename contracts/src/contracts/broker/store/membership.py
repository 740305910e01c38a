"""Conditions on lists: the whole list is one parameter, and a statement has one text for lists of every length.

SQLAlchemy's own `in_` makes a parameter of each value. A text that is new for each length is parsed and planned again,
costs 5 µs a value, and ends where a database takes no more parameters.

Where a query asks for `max(column)`, compares that column with a list, and the database has statistics, SQLite before
3.42 answers with the first value of an index instead of the last. Such a condition is therefore written so that no
index serves it. Where that reads too much, order the rows and take the first instead.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, ScalarSelect, Select, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import max as max_
from sqlalchemy.sql.functions import min as min_
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(column: ColumnElement[Any], wanted: Collection[Any] | str) -> ColumnElement[bool]:
    """That *column* has one of the values *wanted*, given here or, by the parameter's name, when it is executed."""
    return _Among(column, wanted)


class _List(TypeDecorator[Any]):
    """A list of items of one type: an array where the database has them, else JSON."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.item))

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | list[Any]:
        return json.dumps(list(value), ensure_ascii=False) if dialect.name == "sqlite" else list(value)


class _Among(ColumnElement[bool]):
    inherit_cache = True
    type = Boolean()
    _traverse_internals = [  # noqa: RUF012, as SQLAlchemy wants it
        ("column", InternalTraversal.dp_clauseelement),
        ("wanted", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: ColumnElement[Any], wanted: Collection[Any] | str) -> None:
        self.column = column
        kind = _List(column.type)
        if isinstance(wanted, str):
            self.wanted = bindparam(wanted, type_=kind)
        else:
            self.wanted = bindparam(None, wanted, type_=kind, unique=True)

    @property
    def _from_objects(self) -> Any:
        return self.column._from_objects  # noqa: SLF001

    def self_group(self, against: object = None) -> _Among:  # noqa: ARG002
        return self  # a condition already: SQLite, which has no booleans, is not asked whether it equals 1


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, wanted = compiler.process(element.column, **more), compiler.process(element.wanted, **more)
    if _finds_extreme(compiler):
        column = f"+{column}"
    return f"{column} IN (SELECT value FROM json_each({wanted}))"  # noqa: S608, of what SQLAlchemy wrote


def _finds_extreme(compiler: SQLCompiler) -> bool:
    """Whether a query that is being written asks for one greatest or smallest value of all its rows.

    Of those around it, too: SQLite merges a query with the one that it is a part of.
    """
    queries = (each["selectable"] for each in compiler.stack)
    return any(isinstance(each, Select) and _asks_for_extreme(each) for each in queries)


def _asks_for_extreme(query: Select[*tuple[Any, ...]]) -> bool:
    return not query._group_by_clauses and any(map(_has_extreme, query.selected_columns))  # noqa: SLF001, no public name


def _has_extreme(part: Any) -> bool:
    if isinstance(part, SelectBase | ScalarSelect):
        return False  # a query of its own
    return isinstance(part, max_ | min_) or any(map(_has_extreme, part.get_children()))


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, wanted = compiler.process(element.column, **more), compiler.process(element.wanted, **more)
    return f"{column} = ANY({wanted})"
