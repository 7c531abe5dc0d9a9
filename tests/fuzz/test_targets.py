from __future__ import annotations

import functools
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS


@functools.cache
def seeds_of(name: str) -> tuple[bytes, ...]:
    """Some seeds of a target, made once: signatures and serial numbers differ each time."""
    return tuple(itertools.islice(TARGETS[name].seeds(), 3))


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda one: one.name)
def test_the_fuzzer_begins_from_inputs_that_are_taken(target: Target) -> None:
    taken = [target.take(seed) for seed in target.seeds()]

    assert any(taken)


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda one: one.name)
def test_a_sound_input_that_is_cut_or_doubled_brings_out_our_own_errors_alone(
    target: Target,
) -> None:
    for seed in target.seeds():
        for meddled in (seed[: len(seed) // 2], seed[len(seed) // 2 :], seed + seed, b"", b"\0"):
            target.take(meddled)


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda one: one.name)
@given(data=st.data())
@settings(max_examples=25)
def test_laws_of_a_sound_input_that_was_meddled_with(target: Target, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(seeds_of(target.name)))
    start = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(start, min(len(seed), start + 40)))
    word = data.draw(st.binary(max_size=12) | st.sampled_from((b"", *target.words)))

    target.take(seed[:start] + word + seed[end:])
