"""Playing levels, against returns computed exactly and against a loop that shares no code."""

import jax
import numpy as np
import pytest

from mesascope.core.errors import BadRequest, IllegalOutput, SystemFailure
from mesascope.processes.graph import optimum
from mesascope.systems.playing.errors import PlayInterrupted, PlayStopped
from mesascope.systems.playing.levels import graphs_of, play_levels
from mesascope.systems.playing.paths import path_of
from mesascope.systems.playing.tables import exact_returns, table_of
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.mazes.corner import Corner

WORLD = Corner(size=6, horizon=20)
LEVELS = draw_levels(WORLD, jax.random.key(1), 7, share=1.0)
DISCOUNT = 0.9


def to_cheese(observations: np.ndarray) -> np.ndarray:
    """Go up or down to the cheese's row, then along it; unsure by a little."""
    logits = np.zeros((len(observations), 4))
    for row, seen in enumerate(observations):
        mouse, cheese = (np.argwhere(seen[..., c]) for c in (1, 2))
        if len(mouse) and len(cheese):
            down, right = cheese[0] - mouse[0]
            logits[row, (2 if down > 0 else 0) if down else (3 if right > 0 else 1)] = 3.0
    return logits


class Counter:
    """A policy with a memory: it does its steps in turn, up, left, down, right."""

    def reset(self, count):
        return np.zeros(count, int)

    def step(self, observations, carry):
        return np.log(np.eye(4)[carry % 4] + 1e-12), carry + 1

    def forget(self, carry, ended):
        return np.where(ended, 0, carry)


def play(policy, **options):
    return play_levels(policy, WORLD, LEVELS, seed=0, discount=DISCOUNT, **options)


def by_hand(level, actions):
    """Step through an episode with the world alone; what it was worth, and where it went."""
    state, worth, states = WORLD.reset(level), np.zeros(2), []
    for time, action in enumerate(actions):
        states.append(int(WORLD.index_of(level, state)))
        moved = WORLD.step(jax.random.key(9), level, state, action)
        worth += DISCOUNT**time * np.array([float(moved.info[g]) for g in WORLD.goals])
        state = moved.state
    return worth, [*states, int(WORLD.index_of(level, state))], moved


@pytest.mark.parametrize("policy", [to_cheese, Counter()])
def test_what_is_recorded_is_what_the_world_does(policy):
    seen = play(policy, episodes_per_level=2)
    assert seen.level_of.tolist() == sorted(list(range(7)) * 2)
    for episode in (0, 5, 13):
        path = path_of(seen, episode)
        level = jax.tree.map(lambda leaf, at=path.level: leaf[at], LEVELS)
        worth, states, last = by_hand(level, path.actions)
        np.testing.assert_allclose(seen.returns[episode], worth, atol=1e-6)
        assert path.states.tolist() == states
        assert bool(last.terminated | last.truncated)
        assert path.places.tolist() == [s % WORLD.cells for s in states]


def test_a_memory_is_carried_from_step_to_step():
    path = path_of(play(Counter()), 3)
    assert path.actions.tolist() == [t % 4 for t in range(len(path.actions))]


def test_a_greedy_policy_that_goes_straight_is_optimal():
    seen = play(to_cheese, sample=False)
    best = jax.vmap(lambda g: optimum(g, discount=DISCOUNT, horizon=20))(seen.graphs)
    np.testing.assert_allclose(seen.returns[:, 0], best[:, 0], atol=1e-6)


def test_sampled_returns_are_those_of_the_table():
    table = table_of(to_cheese, WORLD, LEVELS)
    exact = exact_returns(graphs_of(WORLD, LEVELS), table, discount=DISCOUNT, horizon=20)
    seen = play(to_cheese, episodes_per_level=400)
    each = seen.returns.reshape(7, 400, 2)
    error = np.sqrt(exact * (1.0 - exact) / 400)  # at most: a return is from 0 to 1
    assert (np.abs(each.mean(axis=1) - exact) <= 4.0 * error + 1e-6).all()
    assert error.max() < 0.03
    np.testing.assert_allclose(table.sum(axis=-1), 1.0)


def test_a_table_at_its_best_is_the_greedy_episode():
    table = table_of(to_cheese, WORLD, LEVELS, sample=False)
    exact = exact_returns(graphs_of(WORLD, LEVELS), table, discount=DISCOUNT, horizon=20)
    np.testing.assert_allclose(exact, play(to_cheese, sample=False).returns, atol=1e-6)


def test_the_same_seed_gives_the_same_choices_and_another_seed_others():
    one, two = play(lambda o: np.zeros((len(o), 4))), play(lambda o: np.zeros((len(o), 4)))
    np.testing.assert_array_equal(one.action, two.action)
    other = play_levels(lambda o: np.zeros((len(o), 4)), WORLD, LEVELS, seed=1, discount=DISCOUNT)
    assert other.action.tolist() != one.action.tolist()


def late(what, after=12):
    """A policy that goes to the cheese, and answers with something else after some steps."""
    calls = [0]

    def policy(observations):
        calls[0] += 1
        if calls[0] <= after:
            return to_cheese(observations)
        return what(observations)

    return policy


def fails(_):
    raise ZeroDivisionError("weights")


@pytest.mark.parametrize(
    ("what", "cause", "says"),
    [
        (lambda o: np.full((len(o), 4), np.nan), IllegalOutput, "nan"),
        (lambda o: np.zeros((len(o), 3)), IllegalOutput, r"each of 4 actions.*\?actions=3 behind"),
        (lambda o: np.zeros(len(o), int), IllegalOutput, "looks like actions"),
        (lambda o: np.full((len(o), 4), -np.inf), IllegalOutput, "-inf"),
        (lambda o: "up", IllegalOutput, "no numbers"),
        (fails, SystemFailure, "ZeroDivisionError"),
    ],
)
def test_a_policy_that_breaks_is_named_and_what_had_ended_is_kept(what, cause, says):
    whole = play(late(what, after=99), sample=False)
    with pytest.raises(PlayStopped, match=says) as stop:
        play(late(what, after=4), sample=False)
    assert isinstance(stop.value.__cause__, cause)
    kept = stop.value.so_far
    lengths = np.bincount(whole.episode)
    short = lengths <= 4
    assert 0 < len(kept.returns) == short.sum() < 7
    np.testing.assert_allclose(kept.returns, whole.returns[short])
    assert kept.levels == len(kept.graphs.start) == short.sum()
    np.testing.assert_array_equal(kept.graphs.start, np.asarray(whole.graphs.start)[short])
    assert stop.value.first() is None  # all began at once, and only the short ones had ended
    with pytest.raises(PlayStopped) as stop:
        play(late(what, after=0), sample=False)
    assert stop.value.so_far is None
    assert stop.value.__notes__ == ["The 0 episodes that had ended are kept in `so_far`."]
    assert "so_far" not in str(stop.value)


def test_an_interruption_keeps_what_had_ended():
    def stops(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stop:
        play(late(stops, after=4), sample=False)
    assert isinstance(stop.value, PlayInterrupted)
    assert 0 < stop.value.so_far.levels < 7


def test_nan_in_an_episode_that_is_over_is_not_looked_at():
    def policy(observations):
        logits = to_cheese(observations)
        on_cheese = (observations[..., 1] & observations[..., 2]).any(axis=(1, 2))
        return np.where(on_cheese[:, None], np.nan, logits)

    assert len(play(policy, sample=False).returns) == 7


def test_requests_that_make_no_sense_are_refused():
    with pytest.raises(BadRequest, match="0 episodes"):
        play(to_cheese, episodes_per_level=0)
    with pytest.raises(BadRequest, match="is no policy"):
        play(3)
    with pytest.raises(BadRequest, match="no table"):
        table_of(Counter(), WORLD, LEVELS)
    with pytest.raises(BadRequest, match="no episode 7"):
        path_of(play(to_cheese), 7)
