"""Compare a database with `tables`: columns, keys and indexes, as the database itself describes them.

This takes 40 ms on SQLite and 30 to 110 ms on PostgreSQL, once at each start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, ForeignKeyConstraint, Index, Table, UniqueConstraint, inspect, text
from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedIndex

from contracts.broker.store.tables import metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """The parts of a table, by the words for each in a message."""

    parts: Mapping[str, object]
    optional: frozenset[str]
    """Parts that only affect speed; an administrator may add them."""


def differences(connection: Connection) -> list[str]:
    """The differences between the tables and those that this broker needs, as short phrases."""
    actual = _actual(connection)
    lines: list[str] = []
    for table in metadata.sorted_tables:
        if (shape := actual.get(table.name)) is None:
            lines.append(f"there is no table {table.name}")
        else:
            lines += _compared(table.name, _expected(table, connection.dialect).parts, shape)
    lines += [
        f"the table {name} is unknown" for name in sorted(actual.keys() - metadata.tables.keys()) if _ours(actual[name])
    ]
    return lines


def _compared(name: str, expected: Mapping[str, object], shape: _Shape) -> Iterator[str]:
    for part, value in expected.items():
        if part not in shape.parts:
            yield f"{name} has no {part}"
        elif shape.parts[part] != value:
            yield f"the {part} of {name} is another"
    for part in shape.parts:
        if part not in expected and part not in shape.optional:
            yield f"the {part} of {name} is unknown"


def _ours(shape: _Shape) -> bool:
    """Whether a table refers to one of the broker's tables; then a newer broker made it."""
    return any(
        isinstance(value, tuple) and value[0] in metadata.tables
        for part, value in shape.parts.items()
        if part.startswith("foreign key ")
    )


def _expected(table: Table, dialect: Dialect) -> _Shape:
    parts: dict[str, object] = {
        f"column {each.name}": (each.type.compile(dialect), bool(each.nullable)) for each in table.columns
    }
    parts["primary key"] = (tuple(each.name for each in table.primary_key.columns), True)
    for constraint in table.constraints:
        names = tuple(constraint.columns.keys()) if isinstance(constraint, ForeignKeyConstraint) else ()
        if isinstance(constraint, ForeignKeyConstraint):
            target = constraint.elements[0].column
            parts[_foreign_key(names)] = (target.table.name, (target.name,), _action(constraint.ondelete))
        elif isinstance(constraint, UniqueConstraint):
            parts[_unique(constraint.columns.keys())] = True
    for index in _indexes(table, dialect):
        parts[f"index {index.name}"] = _index(index, dialect)
    return _Shape(parts=parts, optional=frozenset())


def _indexes(table: Table, dialect: Dialect) -> Iterator[Index]:
    """The indexes of *table* that exist on this *dialect*."""
    for index in table.indexes:
        condition: Any = index._ddl_if  # noqa: SLF001, it has no public reader
        if condition is None or condition.dialect == dialect.name:
            yield index


def _index(index: Index, dialect: Dialect) -> tuple[object, ...]:
    where = index.dialect_options[dialect.name]["where"]
    names = tuple(_column_name(each) for each in index.expressions)
    return names, bool(index.unique), _condition(where)


def _column_name(expression: Any) -> str:
    while not hasattr(expression, "name"):
        expression = expression.element
    return str(expression.name)


def _actual(connection: Connection) -> dict[str, _Shape]:
    inspector = inspect(connection)
    dialect = connection.dialect
    columns = inspector.get_multi_columns()
    keys = inspector.get_multi_pk_constraint()
    foreign_keys = inspector.get_multi_foreign_keys()
    unique = inspector.get_multi_unique_constraints()
    indexes = inspector.get_multi_indexes()
    generated = _generated(connection, columns)
    shapes = {}
    for table in columns:
        parts: dict[str, object] = {
            f"column {each['name']}": (each["type"].compile(dialect), each["nullable"]) for each in columns[table]
        }
        parts["primary key"] = (tuple(keys[table]["constrained_columns"]), table[1] in generated)
        for key in foreign_keys[table]:
            target = (key["referred_table"], tuple(key["referred_columns"]), _action(key["options"].get("ondelete")))
            parts[_foreign_key(key["constrained_columns"])] = target
        parts |= {_unique(each["column_names"]): True for each in unique[table]}
        own = [each for each in indexes[table] if "duplicates_constraint" not in each]
        parts |= {f"index {each['name']}": _reflected_index(each) for each in own}
        optional = frozenset(f"index {each['name']}" for each in own if not each["unique"])
        shapes[table[1]] = _Shape(parts=parts, optional=optional)
    return shapes


def _generated(connection: Connection, columns: Mapping[tuple[str | None, str], Sequence[ReflectedColumn]]) -> set[str]:
    """The tables whose ids the database generates, never twice: a version's id is its order."""
    if connection.dialect.name == "sqlite":
        autoincrement = text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
        return set(connection.scalars(autoincrement))
    return {
        table[1]
        for table, each in columns.items()
        if any(column["name"] == "id" and column["default"] is not None for column in each)
    }


def _reflected_index(index: ReflectedIndex) -> tuple[object, ...]:
    options = index.get("dialect_options", {})
    where = options.get("sqlite_where", options.get("postgresql_where"))
    return tuple(index["column_names"]), bool(index["unique"]), _condition(where)


def _foreign_key(columns: Sequence[str]) -> str:
    return f"foreign key {', '.join(columns)}"


def _unique(columns: Iterable[str]) -> str:
    return f"unique constraint {', '.join(columns)}"


def _action(ondelete: str | None) -> str:
    return ondelete or "NO ACTION"


def _condition(where: object) -> str:
    """The condition of a partial index without parentheses, which PostgreSQL adds."""
    return "" if where is None else " ".join(str(where).replace("(", " ").replace(")", " ").lower().split())
