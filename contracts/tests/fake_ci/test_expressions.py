import json

import pytest

from contracts.fake_ci.expressions import Contexts, ExpressionError, evaluate, holds, interpolate, unknown_in


VALUES = {
    "github": {
        "ref": "refs/heads/main",
        "event": {"client_payload": {"sha": "", "number": 7}, "pull_request": None},
        "flag": True,
        "ratio": 1.5,
        "list": [1],
    },
    "vars": {},
    "needs": {"changes": {"result": "success"}},
}
CONTEXTS = Contexts(values=VALUES)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("github.ref", "refs/heads/main"),
        ("github.event.pull_request.head.sha", None),
        ("vars.UNSET", None),
        ("'it''s'", "it's"),
        ("7", 7),
        ("-1.5", -1.5),
        ("true", True),
        ("null", None),
        ("github.ref == 'REFS/HEADS/MAIN'", True),
        ("github.ref != 'refs/heads/main'", False),
        ("github.event.client_payload.number == '7'", True),
        ("github.event.client_payload.number == 7", True),
        ("vars.UNSET == ''", True),
        ("vars.UNSET == 'x'", False),
        ("github.event == github.event", True),
        ("github.event == 'x'", False),
        ("github.event.client_payload.sha || github.ref", "refs/heads/main"),
        ("github.ref || 'other'", "refs/heads/main"),
        ("github.flag && 'yes' || 'no'", "yes"),
        ("vars.UNSET && 'yes' || 'no'", "no"),
        ("!github.flag", False),
        ("!(vars.UNSET == '')", False),
        ("github.event && 'an object is true'", "an object is true"),
        ("github['ref']", "refs/heads/main"),
        ("github.list[0]", 1),
        ("github.list[1]", None),
        ("github.EVENT.client_payload.number", 7),
        ("github.ratio > 1 && github.ratio <= 1.5", True),
        ("github.ratio < 1 || github.ratio >= 2", False),
        ("contains(github.ref, 'HEADS')", True),
        ("contains(needs.*.result, 'success')", True),
        ("contains(needs.*.result, 'failure')", False),
        ("startsWith(github.ref, 'refs/tags/')", False),
        ("endsWith(github.ref, 'main')", True),
        ("format('{0} of {1}', 1, github.ref)", "1 of refs/heads/main"),
        ("join(needs.*.result, ', ')", "success"),
        ("fromJSON('[1, 2]')[1]", 2),
        ("always()", True),
        ("success() && !failure() && !cancelled()", True),
    ],
)
def test_an_expression_has_the_value_that_github_gives_it(expression, value):
    assert evaluate(expression, CONTEXTS) == value


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("${{ vars.UNSET }}", ""),
        ("a-${{ github.flag }}-${{github.ratio}}", "a-true-1.5"),
        ("${{ github.event }} ${{ github.list }}", "Object Array"),
        ("${{ toJSON(needs.changes) }}", '{\n  "result": "success"\n}'),
    ],
)
def test_values_are_written_as_github_writes_them(text, written):
    assert interpolate(text, CONTEXTS) == written


def test_to_json_round_trips():
    assert json.loads(interpolate("${{ toJSON(needs) }}", CONTEXTS)) == VALUES["needs"]


@pytest.mark.parametrize(
    ("condition", "succeeded", "runs"),
    [
        (None, True, True),
        (None, False, False),
        ("github.flag", True, True),
        ("github.flag", False, False),
        ("vars.UNSET", True, False),
        ("${{ github.flag }}", True, True),
        ("always()", False, True),
        ("failure()", False, True),
        ("failure()", True, False),
        ("success()", False, False),
        ("always() && vars.UNSET", True, False),
    ],
)
def test_a_condition_means_that_everything_before_succeeded(condition, succeeded, runs):
    assert holds(condition, Contexts(values=VALUES, succeeded=succeeded)) is runs


@pytest.mark.parametrize(
    "expression",
    [
        "matrix.python",
        "contains(github.ref)",
        "hashFiles('x')",
        "format('{1}', 'x')",
        "fromJSON('{')",
        "toJSON()",
        "toJSON(github.ref",
        "github.ref ==",
        "github.ref github.ref",
        "github.",
        "github['ref'",
        "github.ref % 1",
        "(github.ref",
        "'unfinished",
        "",
        "==",
    ],
)
def test_an_unknown_expression_is_an_error_that_quotes_it(expression):
    with pytest.raises(ExpressionError) as raised:
        evaluate(expression, CONTEXTS)

    assert expression.strip() in str(raised.value)


def test_unknown_expressions_are_found_without_values():
    names = frozenset({"github", "needs"})
    assert list(unknown_in("${{ github.event.x.y }} ${{ fromJSON(needs.a.outputs.b)[0] }}", names)) == []
    assert list(unknown_in("github.event_name == 'push'", names, condition=True)) == []
    assert [each.rpartition(": ")[2] for each in unknown_in("a ${{ secrets.X }} ${{ hashFiles('x') }}", names)] == [
        "secrets.X",
        "hashFiles('x')",
    ]
