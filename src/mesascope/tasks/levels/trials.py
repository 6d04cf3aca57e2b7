"""What is tried on a world of levels, one promise at a time; `check_task` calls them all."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from mesascope.core.errors import BrokenWorld
from mesascope.processes.graph import Graph, optimum
from mesascope.tasks.levels.enumerate import graph_of, observations_of, states_of
from mesascope.tasks.levels.plain import attainable, each, farthest, live_states
from mesascope.tasks.levels.world import Level, LevelWorld

BRUTE = 4  # levels of each kind whose optimum a second program computes
DISCOUNT = 0.99
# Everything runs once, and takes longer to compile than to run.
HASTY = {"xla_backend_optimization_level": 0}


def require(holds: bool, otherwise: str) -> None:
    """Raise with these words unless it holds."""
    if not holds:
        raise BrokenWorld(otherwise)


def declared(world: LevelWorld) -> None:
    """What a world says of itself makes sense."""
    require(isinstance(world, LevelWorld), f"{world!r} lacks something of LevelWorld; see there")
    try:
        hash(world)
    except TypeError as error:
        raise BrokenWorld(f"{world!r} cannot be hashed. Make it a frozen dataclass") from error
    names = {"actions": world.actions, "goals": world.goals}
    for kind, given in names.items():
        require(
            len(given) >= 2 and len(set(given)) == len(given),
            f"the {kind} are {given}; at least two names, all different, are expected",
        )
    require(
        world.horizon >= 1 and world.states >= 1,
        f"the horizon is {world.horizon} and there are {world.states} states; both are at least 1",
    )


class Examined(NamedTuple):
    """Levels enumerated: their graphs, state_at and index_of in turn (l, s), observations."""

    graph: Graph
    back: Array
    seen: Array


@partial(jax.jit, static_argnames="world", compiler_options=HASTY)
def examine(world: LevelWorld, drawn: Level) -> Examined:
    """Return what can be enumerated of levels."""

    def one(level: Level) -> Examined:
        back = jax.vmap(lambda state: world.index_of(level, state))(states_of(world, level))
        return Examined(graph_of(world, level), back, observations_of(world, level))

    return jax.vmap(one)(drawn)


def round_trip(found: Examined) -> None:
    """States and their numbers belong together."""
    back = np.asarray(found.back)
    wrong = np.argwhere(back != np.arange(back.shape[1]))
    first = tuple(wrong[0].tolist()) if len(wrong) else (0, 0)
    require(
        not len(wrong),
        f"on level {first[0]}, index_of(state_at({first[1]})) is {back[first]}. The two must "
        "number states in the same way",
    )


def well_formed(found: Examined) -> None:
    """Successors are states, rewards numbers."""
    successor, reward = np.asarray(found.graph.successor), np.asarray(found.graph.reward)
    states = successor.shape[1]
    require(
        bool(((successor >= 0) & (successor < states)).all() and np.isfinite(reward).all()),
        f"a step leads beyond the {states} states that there are, or pays what is no number. "
        "Count the states again",
    )


def solvable(world: LevelWorld, graphs: Graph, which: str, *, confounded: int) -> None:
    """The base objective pays on every level; every goal does on the first `confounded`."""
    for number, graph in enumerate(each(graphs)):
        best = attainable(graph, world.horizon)
        wanted = best if number < confounded else best[:1]
        require(
            bool((wanted > 0.0).all()),
            f"level {number} of the {which} ones cannot be solved: the best returns are "
            f"{dict(zip(world.goals, best.tolist(), strict=True))}. Place things where they can be "
            "reached, and let mutate keep a level as it was where it would break it",
        )


def observed(found: Examined) -> None:
    """States that look alike pay the base objective alike, end alike and lead alike."""
    seen = np.asarray(found.seen)
    for number, graph in enumerate(each(found.graph)):
        live = np.flatnonzero(live_states(graph))
        rows = seen[number].reshape(len(graph.place), -1)
        looks: dict[bytes, int] = {}
        kind = np.array([looks.setdefault(row.tobytes(), len(looks)) for row in rows])
        tells = np.concatenate([kind[graph.successor], graph.terminated, graph.reward[0]], axis=1)
        first: dict[int, int] = {}
        for state in live.tolist():
            other = first.setdefault(int(kind[state]), state)
            require(
                bool((tells[state] == tells[other]).all()),
                f"on level {number}, states {other} and {state} look alike, and what follows is "
                "not. Show everything that matters",
            )


def optimal(graphs: Graph) -> None:
    """The optimum by backward induction is that of a forward search, which shares no code."""
    for number, graph in enumerate(each(graphs)[:BRUTE]):
        horizon = 2 * len(graph.place)
        horizon = min(horizon, 128)
        backward = np.asarray(optimum(graph, discount=DISCOUNT, horizon=horizon))
        forward = farthest(graph, DISCOUNT, horizon)
        require(
            bool(np.allclose(backward, forward, atol=1e-4)),
            f"the best returns on level {number} are {backward} backward and {forward} forward. "
            "Rewards that grow without bound, or that are no numbers, do this",
        )


def steps(world: LevelWorld, drawn: Level) -> None:
    """A step can be traced, keeps the state's types, rewards every goal and draws nothing."""
    level = jax.tree.map(lambda leaf: leaf[0], drawn)
    state, action, key = world.reset(level), jnp.int32(0), jax.random.key(0)
    try:
        moved = jax.eval_shape(world.step, key, level, state, action)
        traced = str(jax.make_jaxpr(world.step)(key, level, state, action))
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise BrokenWorld(f"a step cannot be traced by JAX: {error}. Write it in JAX") from error
    require(
        set(moved.info) == set(world.goals),
        f"the info has rewards of {sorted(moved.info)}; every goal is expected, and no more: "
        f"{', '.join(world.goals)}",
    )
    alike = jax.eval_shape(lambda: state) == moved.state
    require(
        alike and moved.observation == jax.eval_shape(world.observe, level, state),
        "a step returns a state or an observation of another shape or type than reset and observe "
        "do. Keep them the same",
    )
    scalars = {"reward": moved.reward} | moved.info
    flags = {"terminated": moved.terminated, "truncated": moved.truncated}
    require(
        all(jnp.issubdtype(x.dtype, jnp.floating) and not x.shape for x in scalars.values())
        and all(x.dtype == jnp.bool_ and not x.shape for x in flags.values()),
        "rewards are scalars of a floating type, terminated and truncated booleans; these are "
        f"{scalars | flags}",
    )
    require(
        not any(word in traced for word in ("random_bits", "threefry", "random_split")),
        "step draws random numbers. Generate levels in draw, and keep a world that is checked "
        "here deterministic",
    )
