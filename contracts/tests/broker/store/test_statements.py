"""The statements of the matrix, of work in progress and of pending pacts, as the databases get them.

Each form of a statement is in a file of `statements/`, formatted, for SQLite and for PostgreSQL: a review of a change
shows what it does to the SQL. After a change, write the files again, and read the difference:

    UPDATE_STATEMENTS=1 pytest contracts/tests/broker/store/test_statements.py

Every form that the broker can build is there:

* Rows of the matrix: `forms.Form` refuses the forms that no question has, and `forms.every_form` has all the others.
* Versions of selectors: each set of criteria, in the order in which a query is read, with and without `latest`. A
  statement of several selectors is a UNION ALL of these.
* Work in progress and pending pacts: branches that exist or not, and one tag or no tag. Each further tag adds one more
  condition, or one more part of a UNION ALL.

The tests below fail if the broker builds a form that has no file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import sqlparse
from estates import Estate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from contracts.broker.actions import decide
from contracts.broker.api import matrix_queries
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pending, wip
from contracts.broker.store.database import Database
from contracts.broker.store.matrix import forms, pairs, rows, versions
from contracts.broker.store.matrix.forms import Shape
from contracts.model.criteria import InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.pending import Beginnings, ProviderRef


FOLDER = Path(__file__).parent / "statements"
DIALECTS = {
    "sqlite": SQLiteDialect_pysqlite(paramstyle="named"),
    "postgresql": PGDialect_psycopg(paramstyle="named"),
}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
IN_ORDER = (Numbered, OnBranch, Tagged, OnMainBranch, InEnvironment)
"""The kinds of criteria, in the order in which `contracts.broker.api.matrix_queries` reads them."""

CRITERIA = [kinds for count in range(len(IN_ORDER) + 1) for kinds in combinations(IN_ORDER, count)]
SELECTORS = [
    (kinds, latest)
    for kinds in CRITERIA
    for latest in (False, True)
    if (kinds or latest) and not (latest and Numbered in kinds)
]


def of_selectors():
    for kinds, latest in SELECTORS:
        words = " and ".join(kind.__name__ for kind in kinds) or "any"
        yield f"{'the latest version' if latest else 'versions'}: {words}", versions.statement(((kinds, latest),))


def of_ids_and_pairs():
    yield "the ids of names", versions.NAMES
    yield "the pairs around applications", pairs.around()
    yield "the pairs of consumers", pairs.of_consumers()
    yield "whether there are more pacts than a limit", rows.MORE_PACTS


def of_rows(shape):
    for form in forms.every_form():
        if form.shape is shape:
            yield str(form), rows.statement(form)


def of_work_in_progress():
    yield "a branch without versions", wip.unverified_by_branch(has_versions=False)
    yield "a branch", wip.unverified_by_branch(has_versions=True)
    yield "a tag without versions", wip.unverified_by_tags(Beginnings(), ["dev"])
    yield "a tag", wip.unverified_by_tags(Beginnings(tags={"dev": LONG_AGO}), ["dev"])
    yield "two tags", wip.unverified_by_tags(Beginnings(tags={"dev": LONG_AGO}), ["dev", "new"])


def of_pending():
    yield "the beginning of a branch", pending.BEGINNING
    yield "the first uses of tags", pending.FIRST_USES
    yield "the successes of a branch that does not exist", pending.successes_of_branch(exists=False)
    yield "the successes of a branch", pending.successes_of_branch(exists=True)
    yield "the successes of any version", pending.successes_of_scopes(Beginnings(), [None])
    yield "the successes of a tag without versions", pending.successes_of_scopes(Beginnings(), ["dev"])
    yield "the successes of a tag", pending.successes_of_scopes(Beginnings(tags={"dev": LONG_AGO}), ["dev"])
    yield "those of two tags", pending.successes_of_scopes(Beginnings(tags={"dev": LONG_AGO}), ["dev", "new"])


FILES: dict[str, Callable[[], Iterable[tuple[str, Any]]]] = {
    "matrix/ids_and_pairs": of_ids_and_pairs,
    "matrix/selectors": of_selectors,
    **{f"matrix/rows_{shape.name.lower()}": partial(of_rows, shape) for shape in Shape},
    "wip/unverified": of_work_in_progress,
    "pending/successes": of_pending,
}
"""The statements of each file, with what each is for."""


def compiled(statement, database):
    return str(statement.compile(dialect=DIALECTS[database]))


def expected(file, database):
    """The statements of a file: each once, with everything that it is for."""
    uses = {}
    for use, statement in FILES[file]():
        uses.setdefault(compiled(statement, database), []).append(use)
    return [(names, text) for text, names in uses.items()]


def formatted(text):
    text = sqlparse.format(text, reindent=True, wrap_after=110)
    text = re.sub(r"\s+\(SELECT value\s+FROM json_each\((:\w+)\)\)", r" (SELECT value FROM json_each(\1))", text)
    text = re.sub(r"\), (\w+) AS( MATERIALIZED)?\n", r"),\n\1 AS\2\n", text)
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def write(path, sections):
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = ("".join(f"-- {name}\n" for name in names) + formatted(text) for names, text in sections)
    path.write_text("\n".join(f"{text};\n" for text in texts), "utf-8")


def read(path):
    """The statements of a file, with what they are for; without white space."""
    for section in path.read_text("utf-8").split(";\n"):
        lines = section.strip().splitlines()
        if lines:
            names = [line.removeprefix("-- ") for line in lines if line.startswith("-- ")]
            yield names, without_space("".join(line for line in lines if not line.startswith("-- ")))


def without_space(text):
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("database", DIALECTS)
@pytest.mark.parametrize("file", FILES)
def test_a_statement_is_the_reviewed_one(file, database):
    path, sections = FOLDER / f"{file}.{database}.sql", expected(file, database)
    if os.environ.get("UPDATE_STATEMENTS"):
        write(path, sections)
    reviewed = list(read(path))
    assert reviewed == [(names, without_space(text)) for names, text in sections], (
        f"{path} has other statements. If the change is intended, run this test with UPDATE_STATEMENTS=1"
    )


def test_no_file_is_left_over():
    expected = {f"{file}.{database}.sql" for file in FILES for database in DIALECTS}
    assert {each.relative_to(FOLDER).as_posix() for each in FOLDER.rglob("*") if each.is_file()} == expected


def test_no_statement_has_a_part_without_a_name():
    for path in FOLDER.rglob("*.sql"):
        assert re.findall(r"\banon_\d+", path.read_text("utf-8")) == [], path


@cache
def reviewed():
    return {compiled(statement, "sqlite") for statements in FILES.values() for _, statement in statements()}


class Built:
    """The statements that the broker builds and that no file has."""

    def __init__(self, database):
        self.database = database
        self.others = []

    def note(self, _connection, element, *_):
        if hasattr(element, "compile") and (text := compiled(element, "sqlite")) not in reviewed():
            self.others.append(text)

    def __enter__(self):
        event.listen(self.database.engine, "before_execute", self.note)
        return self

    def __exit__(self, *raised):
        event.remove(self.database.engine, "before_execute", self.note)


@pytest.fixture
def estate(sqlite_url, clock):
    database = Database(sqlite_url)
    database.create()
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.environment("live")
    for number in ("1", "2"):
        estate.publish("Till", number, number, branch="main", tags=("dev",))
        estate.verify("Till", number, by=number)
        estate.deploy("Ledger", number, "live", target=number)
    yield estate
    database.dispose()


NAMES = st.sampled_from(["Till", "Ledger"])
PLACES = {
    "tag": st.just("dev"),
    "mainBranch": st.just("true"),
    "environment": st.just("live"),
    "latest": st.just("true"),
}
ELEMENTS = st.fixed_dictionaries(
    {"pacticipant": NAMES},
    optional={"version": st.sampled_from("19"), "branch": st.just("main"), **PLACES},
)
IGNORED = st.fixed_dictionaries({"pacticipant": NAMES}, optional={"version": st.sampled_from("19")})
QUERIES = st.fixed_dictionaries(
    {"q": st.lists(ELEMENTS, min_size=1, max_size=3)},
    optional={
        "latestby": st.sampled_from(["cvpv", "cvp", "cp"]),
        "limit": st.sampled_from(["1", "2", "1000"]),
        "success": st.lists(st.sampled_from(["true", "false", ""]), max_size=3),
        "ignore": st.lists(IGNORED, max_size=2),
        **PLACES,
    },
)


@pytest.mark.thorough
@given(query=QUERIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_statement_of_a_question_is_reviewed(estate, query):
    """Whatever the query string of the matrix: its page in the browser, too, asks only such questions."""
    draft = matrix_queries.read(query)
    if draft.problems:
        return
    question = draft.question()
    several = statement_of_several(question)
    database = estate.broker.database
    with Built(database) as built, database.reading() as connection:
        decide.answer(connection, question)
        if question.others is None and question.latest_by is None:
            decide.between(connection, question, count_to=10)
    assert set(built.others) <= several


def statement_of_several(question):
    """The one statement that has no file: of several selectors, each of which has one."""
    filters = [each.version_filter for each in question.selectors if not each.version_filter.anything]
    kinds = [(tuple(map(type, each.criteria)), each.latest) for each in filters]
    kinds += [((Numbered,), False) for each in question.ignored if each.version]
    assert set(kinds) <= set(SELECTORS)
    return {compiled(versions.statement(tuple(kinds)), "sqlite")} if len(kinds) > 1 else set()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "provider",
    [
        ProviderRef(),
        ProviderRef(branch="main"),
        ProviderRef(branch="none"),
        ProviderRef(tags=("dev",)),
        ProviderRef(tags=("none",)),
        ProviderRef(tags=("dev", "none")),
    ],
)
def test_every_statement_of_a_provider_is_reviewed(estate, provider):
    estate.version("Ledger", "3", branch="main", tags=("dev",))
    database = estate.broker.database
    with Built(database) as built, database.reading() as connection:
        ledger = versions.ids_of(connection, ["Ledger"], []).pacticipants["Ledger"]
        first_uses = pending.beginnings(connection, ledger, provider)
        pending.successes(connection, provider, first_uses, [1, 2])
        if provider.has_scope:
            wip.unverified(connection, ledger, provider, first_uses, since=LONG_AGO, executed_after=LONG_AGO)
    assert built.others == []
