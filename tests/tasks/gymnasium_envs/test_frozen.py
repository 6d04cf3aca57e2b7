"""Two things are told apart just where they differ, whatever they are made of, and by copies."""

import copy
import datetime
import decimal
import itertools
import threading
from collections import OrderedDict, defaultdict, deque
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mesascope.tasks.gymnasium_envs.frozen import NotComparable, frozen


class Items(list):
    """A list with more to it; so are those that follow."""


class Table(dict):
    pass


class Names(set):
    pass


class Array(np.ndarray):
    pass


class Number(int):
    pass


class Fault(Exception):
    pass


class Day(datetime.date):
    pass


class Does:
    """May be called, and has a state."""

    def __call__(self):
        return self.at

    def other(self):
        return self.at


def having(thing, at):
    thing.at = at
    return thing


def array_of(at):
    return having(np.zeros(2).view(Array), at)


def tensor(*values, **options):
    return pytest.importorskip("torch").tensor(values, **options)


PAIRS = {
    "jax": lambda: (jnp.array(1), jnp.array(2)),
    "many of jax": lambda: (jnp.zeros(20), jnp.zeros(20).at[19].set(1.0)),
    "half of jax": lambda: (jnp.array(1, jnp.bfloat16), jnp.array(2, jnp.bfloat16)),
    "keys of jax": lambda: (jax.random.key(0), jax.random.key(1)),
    "torch": lambda: (tensor(1), tensor(2)),
    "gradients": lambda: (tensor(1.0, requires_grad=True), tensor(2.0, requires_grad=True)),
    "half of torch": lambda: (tensor(1.0).bfloat16(), tensor(2.0).bfloat16()),
    "tagged tensor": lambda: (having(tensor(1), 1), having(tensor(1), 2)),
    "objects": lambda: (np.array([{"a": 1}], object), np.array([{"a": 2}], object)),
    "list items": lambda: (having(Items([1]), 0), having(Items([2]), 0)),
    "list attributes": lambda: (having(Items([1]), 0), having(Items([1]), 1)),
    "dict items": lambda: (having(Table(a=1), 0), having(Table(a=2), 0)),
    "dict attributes": lambda: (having(Table(a=1), 0), having(Table(a=1), 1)),
    "set attributes": lambda: (having(Names("a"), 0), having(Names("a"), 1)),
    "array attributes": lambda: (array_of(0), array_of(1)),
    "number attributes": lambda: (having(Number(1), 0), having(Number(1), 1)),
    "number": lambda: (having(Number(1), 0), having(Number(2), 0)),
    "masked": lambda: (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[1, 0])),
    "faults": lambda: (Fault("a"), Fault("b")),
    "fault attributes": lambda: (having(Fault("a"), 0), having(Fault("a"), 1)),
    "days": lambda: (Day(2020, 1, 1), Day(2020, 1, 2)),
    "decimals": lambda: (decimal.Decimal("1"), decimal.Decimal("2")),
    "ordered": lambda: (OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)),
    "default": lambda: (defaultdict(int, a=1), defaultdict(int, a=2)),
    "queue": lambda: (deque([1]), deque([2])),
    "bytes": lambda: (bytearray(b"a"), bytearray(b"b")),
    "complex": lambda: (1j, 2j),
    "range": lambda: (range(3), range(4)),
    "partial": lambda: (partial(max, 1), partial(max, 2)),
    "callable": lambda: (having(Does(), 0), having(Does(), 1)),
    "bound": lambda: (having(Does(), 0).other, having(Does(), 1).other),
    "keys": lambda: ({(1, 2): 0}, {(1, 3): 0}),
    "kinds": lambda: (having(Does(), 0), having(Fault(), 0)),
    "place in a list": lambda: (iter([1, 2]), itertools.islice(iter([1, 2]), 1)),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_what_differs_is_told_apart_and_a_copy_is_not(kind):
    one, other = PAIRS[kind]()
    seen = [repr(frozen(thing, frozenset())) for thing in (one, other)]
    assert seen[0] != seen[1]
    if kind not in ("gradients", "array attributes", "place in a list"):  # copies lose these
        assert repr(frozen(copy.deepcopy(one), frozenset())) == seen[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: (one for one in "ab"),
        threading.Lock,
        threading.local,
        lambda: memoryview(b"a"),
        lambda: tensor(1.0).to_sparse(),
    ],
)
def test_what_cannot_be_seen_is_refused_wherever_it_is(make):
    thing = make()
    for there in (thing, [thing], {"a": thing}, {1: having(Does(), thing)}, having(Fault(), thing)):
        with pytest.raises(NotComparable):
            frozen(there, frozenset())


def test_names_that_do_not_count_are_left_out_and_circles_end():
    one, other = having(Does(), 0), having(Does(), 1)
    assert frozen(one, {"at"}) == frozen(other, {"at"})
    one.itself, other.itself = one, other
    assert frozen(one, {"at"}) == frozen(other, {"at"})


def test_functions_are_told_by_their_names():
    assert frozen(jax.jit(having), frozenset()) == frozen(having, frozenset()) == "having"
    assert frozen(np.maximum, frozenset()) != frozen(np.minimum, frozenset())
