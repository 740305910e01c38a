"""Matching rules and generators in words."""

from __future__ import annotations

import pytest

from contracts.model import matching_rules


def note(matchers, example="x", *, combine="AND"):
    rules = matching_rules.of({"matchingRules": {"body": {"$.a": {"matchers": matchers, "combine": combine}}}})
    return rules.note("body", ("a",), example)


@pytest.mark.parametrize(
    ("matcher", "example", "text"),
    [
        ({"match": "type"}, "x", "any text"),
        ({"match": "type"}, 1, "any number"),
        ({"match": "type"}, True, "true or false"),
        ({"match": "type"}, [1], "any number of elements, each like the first"),
        ({"match": "type", "min": 1}, [1], "at least 1 element, each like the first"),
        ({"match": "type", "min": 2}, [1], "at least 2 elements, each like the first"),
        ({"match": "type", "max": 3}, [1], "at most 3 elements, each like the first"),
        ({"match": "type", "min": 1, "max": 3}, [1], "1 to 3 elements, each like the first"),
        ({"match": "type"}, {"b": 1}, ""),
        ({"match": "integer"}, 1, "any integer"),
        ({"match": "decimal"}, 1.5, "any decimal number"),
        ({"match": "number"}, 1, "any number"),
        ({"match": "boolean"}, True, "true or false"),
        ({"match": "null"}, None, ""),
        ({"match": "equality"}, 1, ""),
        ({"match": "regex", "regex": r"\d+"}, "1", r"any text that matches \d+"),
        ({"match": "include", "value": "tea"}, "teapot", 'any text that contains "tea"'),
        ({"match": "date", "format": "yyyy-MM-dd"}, "2026-01-01", "a date in the form yyyy-MM-dd"),
        ({"match": "timestamp"}, "2026-01-01", "a date and time"),
        ({"match": "time", "time": "HH:mm"}, "10:00", "a time in the form HH:mm"),
        ({"match": "semver"}, "1.0.0", "any semantic version"),
        ({"match": "notEmpty"}, "x", "any value that is not empty"),
        ({"match": "contentType", "value": "image/png"}, "x", "any content of the type image/png"),
        ({"match": "eachKey", "rules": [{"match": "regex", "regex": "a+"}]}, {}, "each key: any text that matches a+"),
        ({"match": "eachValue", "rules": [{"match": "integer"}]}, {}, "each value: any integer"),
        ({"match": "eachValue", "rules": [{"match": "type"}]}, {}, "each value: like this one"),
        ({"match": "statusCode", "status": "success"}, 200, "any status from 200 to 299"),
        ({"match": "statusCode", "status": [200, 201]}, 200, "one of 200, 201"),
        ({"match": "matcher of tomorrow"}, 1, "matched by the rule matcher of tomorrow"),
    ],
)
def test_each_rule_is_a_phrase(matcher, example, text):
    assert note([matcher], example) == text


def test_several_rules_are_combined_by_their_word():
    rules = [{"match": "integer"}, {"match": "null"}]
    assert note(rules, 1) == "any integer and null"
    assert note(rules, 1, combine="OR") == "any integer or null"


def test_each_value_is_an_example_if_a_rule_is_for_all_of_them():
    each = {"match": "eachValue", "rules": [{"match": "type"}]}
    rules = matching_rules.of({"matchingRules": {"body": {"$.map": {"matchers": [each]}}}})
    assert rules.note("body", ("map", "a", "count"), 1) == "any number"


def test_the_elements_of_a_list_have_the_rules_of_their_variants():
    inner = {"match": "arrayContains", "variants": [{"index": 0, "rules": {"$": {"matchers": [{"match": "integer"}]}}}]}
    variants = [
        {
            "index": 1,
            "rules": {
                "$.href": {"matchers": [{"match": "regex", "regex": "/a"}]},
                "$.ids": {"matchers": [inner]},
            },
            "generators": {"$.href": {"type": "Uuid"}},
        }
    ]
    matchers = [{"match": "arrayContains", "variants": variants}]
    rules = matching_rules.of({"matchingRules": {"body": {"$.links": {"matchers": matchers}}}})
    assert rules.note("body", ("links", 1, "href"), "/a") == "any text that matches /a; a random UUID is used"
    assert rules.note("body", ("links", 1, "ids", 0), 7) == "any integer"
    assert rules.note("body", ("links", 0, "href"), "/a") == ""


@pytest.mark.parametrize("variants", [None, 1, [1], [{"index": "x", "rules": 1, "generators": 1}]])
def test_variants_that_cannot_be_read_are_left_out(variants):
    assert note([{"match": "arrayContains", "variants": variants}], []).startswith("a list with these elements")


def test_the_rule_of_a_header_or_parameter_is_for_all_values_or_for_one():
    regex = {"match": "regex", "regex": "a"}
    query = {"$.q[0]": {"matchers": [regex]}, "page": {"matchers": [{"match": "type"}]}}
    rules = matching_rules.of({"matchingRules": {"query": query}})
    assert rules.note_of_values("query", "q", ["a", "b"]) == "any text that matches a"
    assert rules.note_of_values("query", "page", ["1"]) == "any text"
    assert rules.note_of_values("query", "other", ["1"]) == ""


def test_the_rules_of_contents_that_are_no_json_are_listed_with_their_places():
    body = {
        "column:price": {"matchers": [{"match": "decimal"}]},
        "$.items[*].id": {"matchers": [{"match": "type"}]},
        "$.name": {"matchers": [{"match": "equality"}]},
        "$": {"matchers": [{"match": "contentType", "value": "text/csv"}]},
    }
    side = {"matchingRules": {"body": body}, "generators": {"body": {"$.key": {"type": "Uuid"}}}}
    assert list(matching_rules.of(side).listed("body")) == [
        "column:price: any decimal number",
        "items[*].id: any value of the same type",
        "key: a random UUID is used",
    ]


def test_a_value_without_a_rule_has_no_note():
    assert matching_rules.of({}).note("body", ("a",), 1) == ""


def test_the_longest_rule_wins_and_only_types_hold_below_their_path():
    rules = matching_rules.of(
        {
            "matchingRules": {
                "body": {
                    "$": {"matchers": [{"match": "type"}]},
                    "$.items": {"matchers": [{"match": "type", "min": 1}]},
                    "$.items[*].id": {"matchers": [{"match": "integer"}]},
                    "$.code": {"matchers": [{"match": "regex", "regex": "a"}]},
                }
            }
        }
    )
    assert rules.note("body", ("name",), "x") == "any text"
    assert rules.note("body", ("items",), [1]) == "at least 1 element, each like the first"
    assert rules.note("body", ("items", 0, "id"), 1) == "any integer"
    assert rules.note("body", ("items", 0, "tags"), [1]) == "any number of elements, each like the first"
    assert rules.note("body", ("code",), "a") == "any text that matches a"


def test_rules_of_version_2_name_their_part_in_the_path():
    rules = matching_rules.of(
        {
            "matchingRules": {
                "$.body.id": {"match": "type"},
                "$.headers.Content-Type": {"match": "regex", "regex": "json"},
                "$.path": {"match": "regex", "regex": "/p/.*"},
            }
        }
    )
    assert rules.note("body", ("id",), 1) == "any number"
    assert rules.note("header", ("content-type",), "x") == "any text that matches json"
    assert rules.note("path", (), "/p/1") == "any text that matches /p/.*"


@pytest.mark.parametrize(
    ("generator", "text"),
    [
        ({"type": "RandomInt", "min": 1, "max": 9}, "a random integer from 1 to 9 is used"),
        (
            {"type": "ProviderState", "expression": "${id}"},
            "in a verification, the provider state gives the value of ${id}",
        ),
        (
            {"type": "MockServerURL", "example": "http://localhost:1/a", "regex": "(/a)"},
            "in the test of the consumer, the address is that of the mock server",
        ),
        ({"type": "Uuid"}, "a random UUID is used"),
        ({"type": "RandomInt"}, "a random integer is used"),
        ({"type": "RandomString", "size": 8}, "a random text of 8 characters is used"),
        ({"type": "RandomHexadecimal", "digits": 1}, "a random hexadecimal number of 1 digit is used"),
        ({"type": "Date", "expression": "+ 1 day"}, "the current date, + 1 day, is used"),
        ({"type": "DateTime", "format": "yyyy"}, "the current date and time in the form yyyy is used"),
        ({"type": "RandomBoolean"}, "true or false, at random, is used"),
        ({"type": "Other"}, "generated by Other"),
    ],
)
def test_a_generator_is_a_phrase_after_the_rule(generator, text):
    side = {"matchingRules": {"$.body.a": {"match": "type"}}, "generators": {"body": {"$.a": generator}}}
    assert matching_rules.of(side).note("body", ("a",), "x") == f"any text; {text}"


@pytest.mark.parametrize("rules", [None, [], {"body": 1}, {"body": {"$.a": 1}}, {"$": {"match": "type"}}, {"$.": {}}])
def test_rules_that_cannot_be_read_are_left_out(rules):
    assert matching_rules.of({"matchingRules": rules}).note("body", ("a",), 1) == ""
