"""Finds statements that SQLite before 3.42 answers wrongly once the database has statistics.

They ask for a greatest or smallest value without GROUP BY, and compare a column with a list: the optimisation for
`max(column)` walks the index through the list upwards and takes the first value. `lists` prevents it with a `+`.
"""

from __future__ import annotations

import re
from functools import cache


_EXTREME = re.compile(r"\b(?:max|min)\(", re.IGNORECASE)
_IN_LIST = re.compile(r'(?<![\w".+])(?!NOT\b)((?:[\w"]+\.)*[\w"]+|\([^()]*\))\s+IN\s*[(]', re.IGNORECASE)
_GROUPED = re.compile(r"\bGROUP BY\b", re.IGNORECASE)


@cache
def extremes_among_lists(statement: str) -> tuple[str, ...]:
    """Return the queries of this kind within *statement*."""
    queries = {_query_around(statement, each.start()) for each in _EXTREME.finditer(statement)}
    return tuple(each for each in sorted(queries) if not _GROUPED.search(_own(each)) and _IN_LIST.search(each))


def _query_around(statement: str, place: int) -> str:
    """Return the innermost SELECT around *place*, up to the end of its brackets."""
    begin = place
    while not re.match(r"SELECT\b", statement[begin:], re.IGNORECASE):
        begin -= 1
        if begin < 0:
            return ""
        if statement[begin] == ")":  # another part, with brackets of its own
            begin = _opening(statement, begin)
    return statement[begin : _end(statement, begin)]


def _opening(statement: str, closing: int) -> int:
    depth = 0
    for place in range(closing, -1, -1):
        depth += {")": 1, "(": -1}.get(statement[place], 0)
        if depth == 0:
            return place
    return 0


def _end(statement: str, begin: int) -> int:
    depth = 0
    for place in range(begin, len(statement)):
        depth += {"(": 1, ")": -1}.get(statement[place], 0)
        if depth < 0:
            return place
    return len(statement)


def _own(query: str) -> str:
    """Return *query* without the parts in brackets."""
    before = None
    while before != query:
        before, query = query, re.sub(r"\([^()]*\)", "", query)
    return query
