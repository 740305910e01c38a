"""Changes between two contents of a contract."""

from __future__ import annotations

from contracts.model.contract_changes import Change, changes, specification


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


def kinds(old, new):
    return [(each.description, each.states, each.kind) for each in changes(contract(*old), contract(*new))]


def test_interactions_are_the_same_by_description_and_states():
    old = (interaction(1, providerState="a"), interaction(2, providerState="b"), interaction(3))
    new = (interaction(4, providerStates=[{"name": "a"}]), interaction(2, providerState="b"), interaction(3))
    assert kinds(old, new) == [("a request", "a", "changed")]


def test_another_order_is_no_change_even_where_names_are_the_same():
    old = (interaction(1), interaction(2), interaction(3, description="other"))
    assert kinds(old, reversed(old)) == []


def test_a_renamed_interaction_is_recognised_by_its_contents():
    (renamed,) = changes(contract(interaction(1, description="a")), contract(interaction(1, description="b")))
    assert (renamed.kind, renamed.changes) == ("renamed", (Change(place="description", old="a", new="b"),))


def test_another_state_is_a_change_of_the_interaction():
    (changed,) = changes(contract(interaction(1, providerState="a")), contract(interaction(2, providerState="b")))
    assert changed.kind == "changed"
    assert [each.place for each in changed.changes] == ["states", "response.body"]


def test_a_renamed_and_changed_interaction_is_recognised_by_its_request():
    get = {"request": {"method": "GET", "path": "/"}}
    (changed,) = changes(
        contract(interaction(1, description="a", **get)), contract(interaction(2, description="b", **get))
    )
    assert [each.place for each in changed.changes] == ["description", "response.body"]


def test_what_could_be_one_of_several_is_added_and_removed():
    old = (interaction(1, description="a"), interaction(2, providerState="a"), interaction(3, providerState="b"))
    new = (interaction(4, description="b"), interaction(5, providerState="c"))
    assert kinds(old, new) == [
        ("b", "", "added"),
        ("a request", "c", "added"),
        ("a", "", "removed"),
        ("a request", "a", "removed"),
        ("a request", "b", "removed"),
    ]


def test_the_version_of_the_specification_is_a_change():
    old, new = ({"metadata": {"pactSpecification": {"version": each}}} for each in ("2.0.0", "3.0.0"))
    assert specification(old, new) == Change(place="specification", old="2.0.0", new="3.0.0")
    assert specification(old, old) is None


def test_identifiers_of_the_broker_make_no_difference():
    assert changes(contract(interaction(1, _id="x")), contract(interaction(1, _id="y"))) == ()


def test_documents_that_are_not_pacts_have_no_changes():
    assert changes({"interactions": "x"}, {"messages": [1]}) == ()
