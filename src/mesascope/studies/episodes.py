"""Episodes to look at: what an agent did on a level, and what each goal would have had it do."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float, Int

from mesascope.processes.graph import Graph, quality
from mesascope.processes.precision import in_float64
from mesascope.processes.seen import Seen
from mesascope.records.policy import EpisodeRecord, PictureRecord
from mesascope.studies.pictures import Footage, Pictures, Rows, title_of
from mesascope.systems.playing.paths import path_of

WALL = "#"
_TIE = 1e-9  # of the best value: below it a choice gives nothing up
_LONGEST = 250  # steps of an episode that are shown
Picture = Callable[[int, int], Rows]


@dataclass(frozen=True)
class WorldStage:
    """What is needed to draw what happens on the levels of one distribution of a world.

    Attributes:
        picture: of a level in a state, both by number, as rows of short texts; None where levels
            cannot be drawn.
        actions: their names.
    """

    picture: Picture | None
    actions: Sequence[str]

    def pictures(
        self, seen: Seen, episodes: Sequence[int], inferred: str | None, room: int
    ) -> Pictures:
        """Return episodes to be replayed; none where levels could not be enumerated or drawn."""
        if self.picture is None or seen.graphs is None:
            return Pictures(why="the world draws no picture of its levels")
        found = []
        for episode in episodes:
            path = path_of(seen, episode)
            frames = [self.picture(path.level, int(state)) for state in path.states]
            footage = Footage(frames, cells_of(path.places, frames[0]))
            found.append(episode_record(seen, episode, footage, self.actions, inferred))
        return Pictures(found)


def telling_episodes(seen: Seen, count: int) -> list[int]:
    """Return episodes worth a look: first those on which most of the base objective was lost.

    Where levels could not be enumerated it is not known what was lost: first those of least return.
    """
    lost = -seen.returns[:, 0]
    if seen.graphs is not None:
        best = np.asarray(_starts(seen.graphs, discount=seen.discount, horizon=seen.horizon))[:, 0]
        lost = lost + best[seen.level_of]
    worst_first = np.argsort(-lost, kind="stable")
    _, first = np.unique(seen.level_of[worst_first], return_index=True)  # each level once
    return [int(worst_first[i]) for i in np.sort(first)[:count]]


@partial(jax.jit, static_argnames=("discount", "horizon"))
def _starts(graphs: Graph, *, discount: float, horizon: int) -> jax.Array:
    def one(graph: Graph) -> jax.Array:
        return quality(graph, discount=discount, horizon=horizon)[:, graph.start].max(axis=-1)

    return jax.vmap(one)(graphs)


@in_float64
def quality_of(graph: Graph, *, discount: float, horizon: int) -> Float[np.ndarray, "g s a"]:
    """Return the optimal Q of each goal on one level, in double precision."""
    wide = graph._replace(reward=jnp.asarray(graph.reward, jnp.float64))
    return np.asarray(_exact(wide, discount=discount, horizon=horizon))


_exact = jax.jit(quality, static_argnames=("discount", "horizon"))


def episode_record(
    seen: Seen, episode: int, footage: Footage, actions: Sequence[str], inferred: str | None
) -> EpisodeRecord:
    """Return the record of an episode, beside what the goals would have had done.

    Args:
        seen: of one distribution.
        episode: which.
        footage: what it looked like.
        actions: names of all actions.
        inferred: the goal whose value is mapped beside the base objective's, if it is another.
    """
    frames, taken = footage.frames, seen.action[seen.episode == episode]
    values: dict[str, list[list[float | None]]] = {}
    others: dict[str, list[tuple[int, int]]] = {}
    parts = None
    if seen.graphs is not None:
        level = int(seen.level_of[episode])
        graph = jax.tree.map(lambda part: np.asarray(part)[level], seen.graphs)
        q = quality_of(graph, discount=seen.discount, horizon=seen.horizon)
        shown = [seen.goals[0], *([inferred] if inferred in seen.goals[1:] else [])]
        values = {name: _by_place(graph, q[seen.goals.index(name)], frames[0]) for name in shown}
        for i, name in enumerate(seen.goals):
            best = path_along(graph, q[i].argmax(axis=1), q[i].any(axis=1), seen.horizon)
            others[name] = cells_of(graph.place[best], frames[0])
        parts = _parts(q[0], seen.state[seen.episode == episode], taken)
    title = title_of(seen, episode)
    if len(taken) > _LONGEST:
        title += f"; the first {_LONGEST} of {len(taken)} steps"
    return EpisodeRecord(
        distribution=seen.name,
        title=title,
        level=PictureRecord(cells=frames[0], values=values),
        frames=frames[: _LONGEST + 1],
        path=footage.path[: _LONGEST + 1],
        actions=[actions[action] for action in taken[:_LONGEST]],
        others=others,
        returns=dict(zip(seen.goals, seen.returns[episode].tolist(), strict=True)),
        parts=parts if parts is None or parts <= _LONGEST else None,
        turned=footage.turned[: _LONGEST + 1],
    )


def cells_of(places: Iterable[int], rows: Rows) -> list[tuple[int, int]]:
    """Return places as rows and columns of a picture."""
    width = len(rows[0])
    return [(int(place) // width, int(place) % width) for place in places]


def _by_place(graph: Graph, q: Float[np.ndarray, "s a"], cells: Rows) -> list[list[float | None]]:
    """Return the best value of getting to each cell, whatever has happened before."""
    rows, columns = len(cells), len(cells[0])
    best = np.full(rows * columns, -np.inf)
    ahead = np.asarray(graph.place)[np.asarray(graph.successor)]
    np.maximum.at(best, ahead[ahead >= 0], q[ahead >= 0])
    grid = best.reshape(rows, columns)
    return [
        [
            None if cells[i][j] == WALL or not np.isfinite(grid[i, j]) else float(grid[i, j])
            for j in range(columns)
        ]
        for i in range(rows)
    ]


def path_along(
    graph: Graph, action: Int[np.ndarray, " s"], matters: Bool[np.ndarray, " s"], horizon: int
) -> Int[np.ndarray, " t"]:
    """Return the states on the way from the start, until it ends or would go in circles.

    Args:
        graph: one level.
        action: what is done in each state.
        matters: where something is left to win or lose; the way ends elsewhere.
        horizon: steps at most.
    """
    states = [int(graph.start)]
    for _ in range(horizon):
        here = states[-1]
        if not matters[here]:
            break
        states.append(int(graph.successor[here, action[here]]))
        if graph.terminated[here, action[here]] or states[-1] in states[:-1]:
            break
    return np.array(states)


def _parts(
    q: Float[np.ndarray, "s a"], states: Int[np.ndarray, " t"], actions: Int[np.ndarray, " t"]
) -> int | None:
    """Return the first choice that gives up some of the base objective; None where none does."""
    best = q[states].max(axis=1)
    lost = best - q[states, actions] > _TIE + _TIE * np.abs(best)
    return int(lost.argmax()) if lost.any() else None
