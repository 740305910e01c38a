"""Conditions on lists: the whole list is one parameter, so a statement has the same text for every length.

SQLAlchemy's own `in_` makes a parameter of each value. Then each length is parsed and planned again, a value costs
5 µs, and the number of parameters is limited.

In a query with `max(column)` and a list of values of that column, SQLite before 3.42 returns the first value of an
index instead of the last if it has statistics. Therefore such a condition uses no index. If that reads too much,
order the rows and take the first instead.
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


def among(column: ColumnElement[Any], values: Collection[Any] | str) -> ColumnElement[bool]:
    """The condition that *column* has one of the *values*, or one of those in the parameter with this name."""
    return _Among(column, values)


class _List(TypeDecorator[Any]):
    """A list of items of one type: an array if the database has arrays, or else JSON."""

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
        ("values", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: ColumnElement[Any], values: Collection[Any] | str) -> None:
        self.column = column
        kind = _List(column.type)
        if isinstance(values, str):
            self.values = bindparam(values, type_=kind)
        else:
            self.values = bindparam(None, values, type_=kind, unique=True)

    @property
    def _from_objects(self) -> Any:
        return self.column._from_objects  # noqa: SLF001

    def self_group(self, against: object = None) -> _Among:  # noqa: ARG002
        return self  # already a condition: SQLite, which has no booleans, must not compare it with 1


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, values = compiler.process(element.column, **more), compiler.process(element.values, **more)
    if _finds_extreme(compiler):
        column = f"+{column}"
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608, of what SQLAlchemy wrote


def _finds_extreme(compiler: SQLCompiler) -> bool:
    """Whether the current query, or one around it, selects a single greatest or smallest value of all its rows.

    SQLite merges a query with the one around it.
    """
    queries = (each["selectable"] for each in compiler.stack)
    return any(isinstance(each, Select) and _asks_for_extreme(each) for each in queries)


def _asks_for_extreme(query: Select[*tuple[Any, ...]]) -> bool:
    return not query._group_by_clauses and any(map(_has_extreme, query.selected_columns))  # noqa: SLF001, no public name


def _has_extreme(part: Any) -> bool:
    if isinstance(part, SelectBase | ScalarSelect):
        return False  # a separate query
    return isinstance(part, max_ | min_) or any(map(_has_extreme, part.get_children()))


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, values = compiler.process(element.column, **more), compiler.process(element.values, **more)
    return f"{column} = ANY({values})"
