"""The layout of a network."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from contracts.model.network_layout import NODE_HEIGHT, NODE_WIDTH, layout


def graph(seed, nodes=30, edges=50):
    chance = random.Random(seed)  # noqa: S311, chance that can be repeated
    return list(range(1, nodes + 1)), [(chance.randint(1, nodes), chance.randint(1, nodes)) for _ in range(edges)]


@pytest.mark.parametrize("seed", range(5))
def test_no_node_covers_another_and_all_are_inside(seed):
    nodes, edges = graph(seed)

    drawing = layout(nodes, edges)

    for (x, y), (other_x, other_y) in combinations(drawing.nodes.values(), 2):
        assert abs(x - other_x) >= NODE_WIDTH or abs(y - other_y) >= NODE_HEIGHT
    for x, y in drawing.nodes.values():
        assert 0 <= x <= drawing.width - NODE_WIDTH
        assert 0 <= y <= drawing.height - NODE_HEIGHT


@pytest.mark.parametrize("seed", range(5))
def test_each_edge_leads_from_its_source_to_its_target(seed):
    nodes, edges = graph(seed)

    drawing = layout(nodes, edges)

    assert set(drawing.edges) == {each for each in edges if each[0] != each[1]}
    for ends, points in drawing.edges.items():
        for node, (x, y) in zip(ends, (points[0], points[-1]), strict=True):
            left, top = drawing.nodes[node]
            assert x in (left, left + NODE_WIDTH)
            assert top <= y <= top + NODE_HEIGHT


def test_consumers_are_left_of_their_providers_without_a_cycle():
    edges = [(1, 2), (2, 3), (1, 3), (4, 3)]

    drawing = layout([1, 2, 3, 4], edges)

    assert all(drawing.nodes[source][0] < drawing.nodes[target][0] for source, target in edges)


def test_an_edge_over_a_layer_does_not_pass_through_a_node_of_it():
    drawing = layout([1, 2, 3], [(1, 2), (2, 3), (1, 3)])

    (_, (_, height), _) = drawing.edges[1, 3]
    top = drawing.nodes[2][1]

    assert not top < height < top + NODE_HEIGHT


def test_two_edges_between_the_same_nodes_are_apart():
    drawing = layout([1, 2], [(1, 2), (2, 1)])

    assert drawing.edges[1, 2][0] != drawing.edges[2, 1][-1]
    assert drawing.edges[1, 2][0][0] < drawing.edges[1, 2][-1][0]
    assert drawing.edges[2, 1][0][0] > drawing.edges[2, 1][-1][0]


def test_the_order_of_a_layer_avoids_crossings():
    drawing = layout([1, 2, 3, 4], [(1, 4), (2, 3)])

    assert (drawing.nodes[1][1] < drawing.nodes[2][1]) == (drawing.nodes[4][1] < drawing.nodes[3][1])


def test_the_same_graph_has_the_same_drawing():
    nodes, edges = graph(1)

    assert layout(nodes, edges) == layout(nodes, edges)


def test_a_graph_with_many_long_edges_is_drawn_without_bends():
    chain = [(each, each + 1) for each in range(1, 60)]
    long = [(each, 60) for each in range(1, 59)]

    drawing = layout(list(range(1, 61)), [*chain, *long])

    assert {len(points) for points in drawing.edges.values()} == {2}


def test_nothing_has_an_empty_drawing():
    assert layout([], []).nodes == {}
