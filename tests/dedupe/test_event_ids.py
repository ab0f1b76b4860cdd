"""An event keeps its id over nights, whatever listings join and leave it, and gets it back after a merge."""

from __future__ import annotations

import random
from datetime import date, timedelta

from calendar_sync.listings import Listing, ListingKey
from dedupe.assembling import events
from dedupe.events import Event
from dedupe.evidence import Recognition
from dedupe.remembering import KEPT, Memory, aliases, remember

FIRST = date(2007, 11, 1)


class World:
    """Listings by short names, night after night; a listing is first seen on the night it first comes."""

    def __init__(self) -> None:
        self.memory: Memory = ()
        self.known: dict[str, Listing] = {}
        self.night = FIRST - timedelta(days=1)
        self.events: list[Event] = []

    def next(self, *clusters: str, days: int = 1) -> set[str]:
        """Bring one more night; each cluster is a word, each letter of it a listing. Returns `name:listings`."""
        self.night += timedelta(days=days)
        for letter in "".join(clusters):
            key = ListingKey("feed", letter)
            self.known.setdefault(letter, Listing(key, "ORG", letter, first_seen=self.night))
        told = [[self.known[letter] for letter in cluster] for cluster in clusters]
        found = Recognition((), tuple(tuple(listing.id for listing in cluster) for cluster in told))
        listings = [listing for cluster in told for listing in cluster]
        self.events = events(listings, found, memory=self.memory, night=self.night)
        self.names = {self.letter(old): self.letter(new) for old, new in aliases(self.events, self.memory).items()}
        self.memory = remember(self.events, self.memory, self.night)
        return {
            f"{self.letter(event.id)}:{''.join(sorted(listing.title for listing in event.listings))}"
            for event in self.events
        }

    def letter(self, id_: str) -> str:
        return next(letter for letter, listing in self.known.items() if listing.id == id_)

    def name(self, listing: str) -> str:
        """Return the name of the event a listing is part of."""
        return next(self.letter(one.id) for one in self.events if self.known[listing] in one.listings)


def event_letters(event: Event) -> str:
    return "".join(listing.title for listing in event.listings)


def test_an_event_keeps_its_id_while_listings_join_and_leave():
    """Else the number, the decision and the subscriber's calendar entry would all be lost."""
    world = World()
    world.next("a")
    assert world.next("ab", "x") == {"a:ab", "x:x"}
    assert world.next("abc", "x") == {"a:abc", "x:x"}
    assert world.next("bc", "x") == {"a:bc", "x:x"}, "the listing it is called after was withdrawn"
    assert world.next("c", "x") == {"a:c", "x:x"}
    assert world.next("cd", "x") == {"a:cd", "x:x"}


def test_of_two_events_that_merge_the_older_gives_the_name_and_the_other_gets_its_own_back():
    """What was decided of either must be found under the new name, and again under the old."""
    world = World()
    world.next("b")
    world.next("b", "ac")
    assert world.next("abc") == {"b:abc"}
    name = world.names["a"] if "a" in world.names else world.names["c"]
    assert name == "b"
    assert world.next("b", "ac") in ({"b:b", "a:ac"}, {"b:b", "c:ac"})


def test_an_event_whose_own_listing_is_gone_is_found_again_after_a_merge():
    """The alias outlives the listing it is named after."""
    world = World()
    world.next("z")
    world.next("z", "a")
    world.next("z", "ab")
    world.next("z", "b")
    assert world.next("zb") == {"z:bz"}
    assert world.names["a"] == "z"
    world.next("z")
    assert world.names["a"] == "z", "b left as well; what was decided of a is still a matter of z"
    assert world.next("z", "b") == {"z:z", "a:b"}


def test_after_a_split_the_part_with_the_first_listing_keeps_the_id_else_the_larger():
    """One of the two must be new, and it should be the one that changed."""
    world = World()
    world.next("a")
    world.next("abcd")
    assert world.next("a", "bcd") >= {"a:a"}
    other = World()
    other.next("a")
    other.next("abcde")
    assert "a:bcd" in other.next("bcd", "e")


def test_an_event_that_comes_back_is_itself_and_one_long_gone_is_forgotten():
    """A calendar that loses an entry for a week has not made a new event of it."""
    world = World()
    world.next("a")
    world.next("ab")
    world.next("b")
    world.next("x")
    assert world.next("b", "x") == {"a:b", "x:x"}
    world.next("x")
    world.next("x", days=KEPT.days + 1)
    assert world.memory == ()


def test_whatever_happens_ids_differ_unchanged_events_keep_theirs_and_nights_repeat():
    """A thousand random nights of merging, splitting, coming and going; run twice, they come out the same."""
    for seed in range(50):
        chance, world = random.Random(seed), World()
        for _ in range(20):
            before, memory, night = world.events, world.memory, world.night
            clusters: dict[int, str] = {}
            for letter in "abcdefghij":
                if chance.random() < 0.8:
                    clusters.setdefault(chance.randrange(5), "")
                    clusters[chance.choice(list(clusters))] += letter
            told = [cluster for cluster in clusters.values() if cluster]
            if not told:
                continue
            first = world.next(*told)
            assert len({event.id for event in world.events}) == len(told)
            then = {event.listings: event.id for event in before}
            for event in world.events:
                name = then.get(event.listings, event.id)
                came_back = world.letter(name) in "".join(told) and world.letter(name) not in event_letters(event)
                assert name == event.id or came_back, (
                    "it did not change, nor did the listing it is called after come back"
                )
            world.memory, world.night = memory, night
            assert world.next(*reversed(told)) == first


def test_unchanged_events_keep_their_ids_whatever_becomes_of_others():
    """Only merging may rename."""
    chance = random.Random(7)
    world = World()
    world.next("ac", *"efghij")
    world.next("abc", *"efghij")
    name = world.name("a")
    for _ in range(50):
        rest = list("efghij")
        chance.shuffle(rest)
        cut = chance.randrange(1, 5)
        assert f"{name}:b" in world.next("b", "".join(rest[:cut]), "".join(rest[cut:]))
