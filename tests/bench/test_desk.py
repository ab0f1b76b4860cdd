"""What is not measured is not fast: the bench of the desk asks for every page there is."""

from __future__ import annotations

from collections import Counter

from bench.desk import percentile
from bench.desk_pages import PAGES, without_example


def test_every_page_of_the_desk_has_an_example_address():
    """A new page without one would be slow and nobody would see it: give it a row in PAGES."""
    assert without_example() == []
    assert max(Counter(page.path for page in PAGES).values()) == 1


def test_a_share_is_counted_as_it_is_said():
    """95 of 100 answers lie within the 95th."""
    assert percentile([*range(1, 101)], 0.95) == 95
    assert percentile([3.0], 0.95) == percentile([3.0], 0.5) == 3.0
