"""Changes between two contents of a contract."""

from __future__ import annotations

from contracts.model.contract_changes import Change, changes


def contract(*interactions):
    return {"interactions": list(interactions)}


def interaction(body, *, description="a request", **more):
    return {"description": description, "response": {"status": 200, "body": body}, **more}


def only(old, new):
    (changed,) = changes(contract(interaction(old)), contract(interaction(new)))
    return changed.changes


def test_each_field_is_added_removed_or_changed_at_its_place():
    fields = only({"a": 1, "b": {"c": 2}, "d": [1]}, {"a": True, "b": {"e e": 2}, "d": [1, 2]})
    assert fields == (
        Change(place="response.body.a", old="1", new="true"),
        Change(place="response.body.b.c", old="2", new=None),
        Change(place='response.body.b["e e"]', old=None, new="2"),
        Change(place="response.body.d[1]", old=None, new="2"),
    )
    assert [each.kind for each in fields] == ["changed", "removed", "added", "added"]


def test_an_element_in_front_moves_no_other():
    assert only([2, 3], [1, 2, 3]) == (Change(place="response.body[0]", old=None, new="1"),)


def test_long_lists_are_compared_element_by_element():
    assert only(list(range(600)), [*range(599), 0]) == (Change(place="response.body[599]", old="599", new="0"),)


def test_ninety_changes_of_one_line_are_all_there():
    old = contract(*(interaction(number, description=f"request {number}") for number in range(90)))
    new = contract(*(interaction(-number - 1, description=f"request {number}") for number in range(90)))
    assert [len(each.changes) for each in changes(old, new)] == [1] * 90


def test_interactions_are_the_same_by_description_and_states():
    old = contract(interaction(1, providerState="a"), interaction(2, providerState="b"), interaction(3))
    new = contract(interaction(1, providerStates=[{"name": "a"}]), interaction(2, providerState="c"), interaction(3))
    assert [(each.states, each.kind) for each in changes(old, new)] == [
        ("a", "changed"),
        ("c", "added"),
        ("b", "removed"),
    ]
    assert changes(old, contract(*reversed(old["interactions"]))) == ()


def test_identifiers_of_the_broker_make_no_difference():
    assert changes(contract(interaction(1, _id="x")), contract(interaction(1, _id="y"))) == ()


def test_documents_that_are_not_pacts_have_no_changes():
    assert changes({"interactions": "x"}, {"messages": [1]}) == ()
