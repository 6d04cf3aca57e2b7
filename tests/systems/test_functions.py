"""The user's own code: every way to give a function, every wrong answer, every failed import."""

import functools
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mesascope.core.choice import Choice
from mesascope.core.errors import CannotLoad, IllegalOutput
from mesascope.core.harness import Harness, run
from mesascope.core.system import HasStructure, HasTrace, Scaffold, System
from mesascope.systems.controls import Constant, LookupTable
from mesascope.systems.functions import FunctionSystem, as_system
from mesascope.systems.loading import load_system
from mesascope.tasks.tictactoe.opponent import RANDOM
from mesascope.tasks.tictactoe.rules import STANDARD
from mesascope.tasks.tictactoe.world import Instance, Position, TicTacToeWorld

HERE = Instance(STANDARD, RANDOM, Position(0b1, 0b10))


def answer(system: System) -> Choice[Any]:
    return run(system, HERE, Harness(TicTacToeWorld(HERE)))


def one(instance):
    return instance.moves[0]


def two(instance, world):
    return world.options(world.root)[0]


def two_by_position(board, simulator, /):
    return simulator.options(simulator.root)[0]


def optional_world(instance, world=None):
    return world.options(world.root)[0]


def own_option(instance, temperature=0.5):
    assert temperature == 0.5
    return instance.moves[0]


def world_further_on(instance, temperature=0.5, world=None):
    assert temperature == 0.5
    return world.options(world.root)[0]


def keyword_world(instance, *, world):
    return world.options(world.root)[0]


def whatever(*args):
    _, world = args
    return world.options(world.root)[0]


def with_rest(instance, *rest):
    return rest[0].options(rest[0].root)[0]


def three(instance, temperature, world):
    return world.options(world.root)[0]


class Callable1:
    def __call__(self, instance):
        return instance.moves[0]


class Bot:
    def move(self, instance, world):
        return world.options(world.root)[0]


SHAPES = [
    one,
    two,
    two_by_position,
    optional_world,
    own_option,
    world_further_on,
    keyword_world,
    whatever,
    with_rest,
    Callable1(),
    Bot().move,
    lambda instance: 2,
    functools.partial(three, temperature=0.5),
    functools.partial(two),
    functools.partial(lambda first, instance: instance.moves[0], 0),
    functools.partial(keyword_world, world=TicTacToeWorld(HERE)),
    functools.lru_cache(maxsize=None)(one),
]


@pytest.mark.parametrize("fn", SHAPES, ids=range(len(SHAPES)))
def test_every_shape_of_function_is_called_right(fn: Callable[..., Any]) -> None:
    system = FunctionSystem(fn)
    assert isinstance(system, System)
    assert answer(system) == Choice({2: 1.0})


@pytest.mark.parametrize(
    "fn", [lambda: 2, three, lambda instance, *, depth: 2, lambda *, instance: 2, 7, None, "bot"]
)
def test_what_cannot_be_called_so_is_refused_at_once(fn: Any) -> None:
    with pytest.raises(CannotLoad, match=r"f\(instance\) or f\(instance, world\)"):
        FunctionSystem(fn)


def test_its_questions_are_seen() -> None:
    harness = Harness(TicTacToeWorld(HERE))
    run(FunctionSystem(two), HERE, harness)
    assert harness.log.steps == 1


def test_a_world_that_a_partial_has_filled_stays() -> None:
    harness = Harness(TicTacToeWorld(HERE))
    run(FunctionSystem(functools.partial(keyword_world, world=TicTacToeWorld(HERE))), HERE, harness)
    assert harness.log.steps == 0


@pytest.mark.parametrize(
    "value",
    [2, np.int64(2), np.uint8(2), np.array(2), {2: 1.0}, {np.int32(2): np.float32(1.0)},
     {2: 1, 0: 0}, {2: Fraction(1)}, {2: Decimal(1)}, Choice({2: 1.0})],
    ids=repr,
)  # fmt: skip
def test_legal_answers(value: Any) -> None:
    choice = answer(FunctionSystem(lambda instance: value))
    assert choice.support == {2}
    assert all(type(cell) is int for cell in choice.support)


def test_probabilities_are_kept_and_rounding_passes() -> None:
    thirds = {cell: np.float32(1 / 7) for cell in HERE.moves}
    assert answer(FunctionSystem(lambda i: thirds))[2] == pytest.approx(1 / 7)
    assert answer(FunctionSystem(lambda i: {2: 0.25, 3: 0.75})).weights == {2: 0.25, 3: 0.75}


class Hostile:
    def __repr__(self) -> str:
        raise RuntimeError("no")

    __index__ = __float__ = __repr__


ILLEGAL = [
    (None, "None"),
    (float("nan"), "nan"),
    (2.0, "2.0 is no whole number"),
    (True, "a truth value is no cell"),
    (np.bool_(True), "a truth value is no cell"),
    (9, "cell 9"),
    (-1, "cell -1"),
    (0, "cell 0 is not empty"),
    (10**30, "cell 1000"),
    ("2", "'2' is no whole number"),
    ([2], "is no whole number"),
    (np.array([2, 3]), "is no whole number"),
    ((2, 3), "is no whole number"),
    (Hostile(), "Hostile"),
    ({}, "add up to 0"),
    ({2: 0.5}, "add up to 0.5"),
    ({2: 0.6, 3: 0.6}, "add up to 1.2"),
    ({2: 1.5, 3: -0.5}, "1.5 is no probability"),
    ({3: -0.5, 2: 1.5}, "-0.5 is no probability"),
    ({2: float("nan")}, "nan is no probability"),
    ({2: float("inf")}, "inf is no probability"),
    ({2: None}, "None is no probability"),
    ({2: "1"}, "'1' is no probability"),
    ({2: True}, "True is no probability"),
    ({True: 1.0}, "a truth value is no cell"),
    ({0: 0.5, 2: 0.5}, "cell 0 is not empty"),
    ({"2": 1.0}, "'2' is no whole number"),
    (Choice({0: 1.0}), "cell 0 is not empty"),
]


@pytest.mark.parametrize(("value", "says"), ILLEGAL, ids=range(len(ILLEGAL)))
def test_an_illegal_answer_names_itself_and_the_position(value: Any, says: str) -> None:
    with pytest.raises(IllegalOutput) as caught:
        answer(FunctionSystem(lambda instance: value, "bot"))
    message = str(caught.value)
    assert message.startswith("'bot' answered ")
    assert says in message
    assert "on xo./.../... under standard against random" in message
    assert "(2, 3, 4, 5, 6, 7, 8)" in message
    assert len(message) < 600


def test_a_sampled_move_counts_as_chosen_in_that_call() -> None:
    cells = iter([2, 5])
    system = FunctionSystem(lambda instance: next(cells))
    assert [answer(system).support for _ in range(2)] == [{2}, {5}]


def test_handles_are_forwarded_where_there_are_any() -> None:
    def plain(instance):
        return 2

    assert not isinstance(FunctionSystem(plain), HasStructure | HasTrace)
    plain.trace = lambda instance: [{"depth": 1}]
    plain.structure = LookupTable().structure
    system = FunctionSystem(plain)
    assert isinstance(system, HasStructure)
    assert isinstance(system, HasTrace)
    assert system.structure().kind == "table"
    assert system.trace(HERE) == [{"depth": 1}]
    plain.structure = LookupTable().structure()
    assert FunctionSystem(plain).structure().kind == "table"


def test_what_is_a_system_already_passes_through() -> None:
    system = Constant()
    assert as_system(system) is system
    assert as_system(Constant) == system


def test_an_evaluator_goes_behind_the_scaffold() -> None:
    class Corners:
        name = "corners"

        def value(self, state, world):
            return world.score(state, "corner")

    system = as_system(Corners)
    assert isinstance(system, Scaffold)
    assert answer(system).support == {2, 6, 8}


def test_a_nameless_system_is_told_what_it_lacks() -> None:
    class Nameless:
        def respond(self, instance, world):
            return Choice({2: 1.0})

    with pytest.raises(CannotLoad, match="has `respond` but no `name`"):
        as_system(Nameless())


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Write modules into an empty current directory, and forget them afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p])
    before = set(sys.modules)

    def write(name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")

    yield write
    for name in set(sys.modules) - before:
        del sys.modules[name]


BOT = """
import numpy as np

def play(instance):
    return np.int64(instance.moves[0])

class Agent:
    name = "agent"

    def respond(self, instance, world):
        from mesascope.core.choice import Choice
        return Choice({2: 1.0})

class Called:
    def __call__(self, instance):
        return 2

class Needy:
    def __init__(self, weights):
        pass

agent = Agent()
called = Called()
number = 3
"""


@pytest.mark.parametrize(
    "attribute", ["play", "Agent", "agent", "Called", "called", "agent.respond"]
)
def test_loading_what_can_answer(module: Any, attribute: str) -> None:
    module("bot_loaded", BOT)
    system = load_system(f"bot_loaded:{attribute}")
    assert answer(system) == Choice({2: 1.0})
    assert system.name in ("agent", f"bot_loaded:{attribute}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("bot_bad:plya", "no attribute 'plya'. Did you mean 'play'?"),
        ("bot_bad:agent.repsond", "Did you mean 'respond'"),
        ("bot_bad:number", "is not callable: it is a int"),
        ("bot_bad:Needy", "when called without arguments"),
        ("bto_bad:play", "no module 'bto_bad': looked in"),
        ("bot_bad.deeper:play", "no module 'bot_bad.deeper'"),
        ("bot_bad", "expected 'module:attribute'"),
        ("bot_bad:", "expected 'module:attribute'"),
        (":play", "expected 'module:attribute'"),
        ("", "expected 'module:attribute'"),
        ("..bot_bad:play", "expected 'module:attribute'"),
        ("bot_bad:play()", "expected 'module:attribute'"),
        ("bot_bad.py:play", "names a file.*'bot_bad:play'"),
        ("./bots/bot_bad.py:play", "names a file"),
        ("raises:play", "was found but raised ZeroDivisionError on import: division by zero"),
        ("broken:play", "was found but raised SyntaxError on import"),
        ("leaves:play", "was found but raised SystemExit on import"),
        ("needs:play", "was found but imports 'no_such_package_at_all'"),
        ("chained:play", "was found but imports 'no_such_package_at_all'"),
        ("names:play", "was found but raised ImportError on import"),
    ],
)
def test_what_cannot_be_loaded_says_why(module: Any, text: str, says: str) -> None:
    module("bot_bad", BOT)
    module("raises", "1 / 0")
    module("broken", "def play(:")
    module("leaves", "raise SystemExit(3)")
    module("needs", "import no_such_package_at_all")
    module("chained", "import needs")
    module("names", "from bot_bad import nothing_of_the_kind")
    with pytest.raises(CannotLoad, match=says) as caught:
        load_system(text)
    assert len(str(caught.value)) < 600


def test_an_interrupt_during_import_is_passed_on(module: Any) -> None:
    module("interrupted", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load_system("interrupted:play")
