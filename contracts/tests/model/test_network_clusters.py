"""Clusters of a large network."""

from __future__ import annotations

from contracts.model.network_clusters import clusters


def members(edges, labels=None, nodes=range(1, 8)):
    return [(each.label, each.hub, each.members) for each in clusters(nodes, edges, labels or {})]


def test_applications_join_the_hub_with_the_most_neighbours():
    edges = [(1, 2), (1, 3), (1, 4), (4, 5), (6, 7)]

    assert members(edges) == [(None, 1, (1, 2, 3, 4, 5)), (None, 6, (6, 7))]


def test_a_label_comes_before_the_hub():
    edges = [(1, 2), (1, 3), (1, 4), (4, 5), (6, 7)]
    labels = {2: ("core", "team"), 5: ("core",), 7: ("web",)}

    assert members(edges, labels) == [(None, 1, (1, 3, 4)), ("core", 2, (2, 5)), (None, 6, (6,)), ("web", 7, (7,))]


def test_each_application_is_in_one_cluster():
    ring = [(each, each % 7 + 1) for each in range(1, 8)]

    assert sorted(node for each in clusters(range(1, 8), ring, {}) for node in each.members) == list(range(1, 8))
