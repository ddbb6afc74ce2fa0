"""The draw as pure arithmetic: repeatable from the files, fair over many seeds, never against balance."""

import hashlib
from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from innomarket.evaluation.drawing import (
    KIND_FULL,
    ORGANISATION_FULL,
    Balance,
    Candidate,
    order_of,
    receipts_value,
    seed_of,
    walk,
)

# The seeds are always the same, so each figure is too: one in a thousand is crossed by a change alone, never by chance.
CHI_SQUARED = {4: 18.5, 9: 27.9, 19: 43.8, 44: 78.7}  # by degrees of freedom


def seeds(n):
    return [hashlib.sha256(b"seed %d" % i).digest() for i in range(n)]


def chi_squared(counted, alike):
    """How far the counts of those who are alike lie from one another."""
    expected = sum(counted[one] for one in alike) / len(alike)
    return sum((counted[one] - expected) ** 2 / expected for one in alike)


def test_seed_and_order_are_the_published_bytes():
    """Written out by hand, as docs/verification.md has it: a change of the algorithm fails here."""
    secret, hashes = bytes(range(32)), ["00" * 32, "ff" * 32]
    value = hashlib.sha256(b"\x00" * 32 + b"\xff" * 32).digest()
    assert receipts_value(hashes) == value
    length = (32).to_bytes(8, "big")
    seed = hashlib.sha256(length + secret + length + value).digest()
    assert seed_of(secret, value) == seed
    keys = {
        code: hashlib.sha256(length + seed + (5).to_bytes(8, "big") + code.encode()).digest()
        for code in ("C0001", "C0002", "C0003")
    }
    assert order_of(seed, keys) == sorted(keys, key=keys.__getitem__)


def test_parts_of_the_seed_cannot_be_shifted_into_each_other():
    assert seed_of(b"ab", b"c") != seed_of(b"a", b"bc")


def test_every_candidate_is_drawn_as_often_as_those_alike():
    """Ten alike for three seats, 6,000 seeds: chi-squared of the seats, of the first place, and of pairs."""
    pool = {f"C{n}": Candidate(f"C{n}", "technical", f"O{n}") for n in range(10)}
    seated, first, pairs = Counter(), Counter(), Counter()
    for seed in seeds(6000):
        order = order_of(seed, pool)
        first[order[0]] += 1
        steps, filled = walk(order, pool, Balance({"technical": 3}, 1))
        assert filled
        panel = sorted(step.candidate.code for step in steps if not step.ground)
        seated.update(panel)
        pairs.update(combinations(panel, 2))
    assert chi_squared(seated, pool) < CHI_SQUARED[9], seated
    assert chi_squared(first, pool) < CHI_SQUARED[9], first
    assert chi_squared(pairs, list(combinations(sorted(pool), 2))) < CHI_SQUARED[44], pairs


def test_those_alike_in_expertise_and_organisation_are_equal_under_balance():
    """Two of five people of one organisation cannot sit together, and still each of the five is drawn alike."""
    pool = {f"C{n}": Candidate(f"C{n}", "technical", "O1") for n in range(5)}
    pool |= {f"D{n}": Candidate(f"D{n}", "technical", f"P{n}") for n in range(20)}
    pool |= {f"U{n}": Candidate(f"U{n}", "user") for n in range(3)}
    seated = Counter()
    for seed in seeds(6000):
        steps, _filled = walk(order_of(seed, pool), pool, Balance({"technical": 4, "user": 1}, 1))
        found = [step.candidate for step in steps if not step.ground]
        assert sum(one.organisation == "O1" for one in found) <= 1
        seated.update(one.code for one in found)
    assert chi_squared(seated, [f"C{n}" for n in range(5)]) < CHI_SQUARED[4]
    assert chi_squared(seated, [f"D{n}" for n in range(20)]) < CHI_SQUARED[19]


candidates = st.lists(
    st.tuples(
        st.sampled_from(["technical", "policy", "market"]),
        st.sampled_from(["", "O1", "O2", "O3"]),
        st.sampled_from(["", "", "", "lot_owner"]),
        st.sampled_from(["", "", "", "tie", "cap"]),
    ),
    max_size=30,
)
seats = st.dictionaries(st.sampled_from(["technical", "policy", "market"]), st.integers(1, 4), min_size=1)


@settings(max_examples=300)
@given(candidates, seats, st.integers(1, 3), st.binary(min_size=32, max_size=32))
def test_walk_keeps_every_rule_and_passes_nobody_over_without_a_reason(rows, open_, most, seed):
    pool = {f"C{n}": Candidate(f"C{n}", row[0], row[1], row[2]) for n, row in enumerate(rows)}
    facts = {f"C{n}": row[3] for n, row in enumerate(rows)}
    order = order_of(seed, pool)
    balance = Balance(dict(open_), most)
    steps, filled = walk(order, pool, balance, unfit=lambda one: facts[one.code])
    taken = [step.candidate for step in steps if not step.ground]
    kinds, organisations = Counter(one.kind for one in taken), Counter(one.organisation for one in taken)
    assert all(kinds[kind] <= open_.get(kind, 0) for kind in kinds)
    assert all(n <= most for organisation, n in organisations.items() if organisation)
    assert not any(one.excluded or facts[one.code] for one in taken)
    assert filled == (sum(kinds.values()) == sum(open_.values()))
    assert [step.position for step in steps] == list(range(1, len(steps) + 1))
    # Replayed with what was seated before each step: every reason for passing over was true then.
    left, sitting = dict(open_), Counter()
    for step in steps:
        one = step.candidate
        if step.ground == KIND_FULL:
            assert not left.get(one.kind)
        elif step.ground == ORGANISATION_FULL:
            assert sitting[one.organisation] >= most
        elif step.ground:
            assert step.ground == (one.excluded or facts[one.code])
        else:
            left[one.kind] -= 1
            sitting[one.organisation] += 1
    if not filled:
        assert len(steps) == len(order)
