"""From pairs to events."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedupe.clustering import clusters, components, members


def grouped(
    count: int, weights: dict[tuple[int, int], float], forbidden: set[tuple[int, int]] = frozenset()
) -> list[list[int]]:  # type: ignore[assignment]
    pairs = np.array(sorted(weights), dtype=np.int64).reshape(-1, 2)
    bits = np.array([weights[one, other] for one, other in pairs.tolist()])
    never = np.array([tuple(pair) in forbidden for pair in pairs.tolist()], dtype=np.bool_)
    unseen = lambda wanted: (np.full(len(wanted), -6.0), np.zeros(len(wanted), dtype=np.bool_))  # noqa: E731
    return members(clusters(count, pairs, bits, never, 0.0, np.zeros((0, 2), dtype=np.int64), unseen))


def test_one_link_between_two_crowds_does_not_join_them():
    """A side event that resembles both of two conferences must not make them one."""
    weights = {(0, 1): 9.0, (2, 3): 9.0, (1, 2): 2.0, (0, 2): -9.0, (0, 3): -9.0, (1, 3): -9.0}

    assert grouped(4, weights) == [[0, 1], [2, 3]]


def test_a_forbidden_pair_never_shares_a_cluster_even_through_others():
    """Two editions that both resemble a listing without a number stay two."""
    found = grouped(3, {(0, 1): 8.0, (1, 2): 7.0, (0, 2): 9.0}, {(0, 2)})

    assert found == [[0, 1], [2]]


@given(
    st.dictionaries(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]),
                    st.floats(-14, 14)),
    st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]), max_size=5),
)  # fmt: skip
def test_clusters_partition_and_honour_vetoes(weights, forbidden):
    found = grouped(8, weights, forbidden)

    assert sorted(one for group in found for one in group) == list(range(8))
    compared = set(weights) & forbidden
    assert not [pair for pair in compared if any(set(pair) <= set(group) for group in found)]


def test_components_follow_chains():
    """What is linked through others is looked at together."""
    assert members(components(5, np.array([(0, 3), (3, 4)]))) == [[0, 3, 4], [1], [2]]


@given(
    st.dictionaries(st.tuples(st.integers(0, 13), st.integers(0, 13)).filter(lambda pair: pair[0] < pair[1]),
                    st.integers(-14, 14).map(float), min_size=8),
)  # fmt: skip
def test_few_are_grouped_as_many_are(weights):
    """Small groups are added up another way, for speed."""
    from dedupe import clustering

    group = list(range(14))
    alone = clustering._split_few(group, weights, 0.0)
    clustering._SMALL, kept = 0, clustering._SMALL
    try:
        assert sorted(alone) == sorted(clustering._split(group, weights, 0.0))
    finally:
        clustering._SMALL = kept
