"""PPO's parts against loops in NumPy, its play against the world, and resuming bit for bit."""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mesascope.core.errors import BadRequest, CannotLoad, UnknownName
from mesascope.optimizers.policies import ppo, replay
from mesascope.optimizers.policies.checkpoints import from_bytes, to_bytes
from mesascope.optimizers.policies.evaluation import best_on, returns_on
from mesascope.optimizers.policies.evolution_strategies import ranks
from mesascope.optimizers.policies.settings import EvolutionSettings, ReplaySettings, Settings
from mesascope.optimizers.policies.stage import spec_of
from mesascope.optimizers.policies.training import train
from mesascope.systems.networks.kinds import make_network
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.mazes.corner import Corner

WORLD = Corner(size=5, horizon=12)
TINY = {"width": 8, "depth": 1, "rows": 8, "steps": 16, "epochs": 1, "minibatches": 2}
TINY |= {"updates": 2, "levels": 16}


def _steps(rng, t=7, n=4):
    terminated = rng.random((t, n)) < 0.2
    return ppo.Steps(
        observation=jnp.zeros((t, n, 3), bool),
        fresh=jnp.zeros((t, n), bool),
        action=jnp.asarray(rng.integers(0, 3, (t, n))),
        value=jnp.asarray(rng.normal(size=(t, n)), jnp.float32),
        chance=jnp.asarray(np.log(rng.uniform(0.2, 0.6, (t, n))), jnp.float32),
        reward=jnp.asarray(rng.normal(size=(t, n)), jnp.float32),
        terminated=jnp.asarray(terminated),
        truncated=jnp.asarray((rng.random((t, n)) < 0.2) & ~terminated),
        gained=jnp.asarray(rng.normal(size=(t, n, 2)), jnp.float32),
    )


@pytest.mark.parametrize("trace", [0.0, 0.9, 1.0])
def test_advantages_are_weighted_sums_of_what_follows(trace):
    rng = np.random.default_rng(0)
    steps, last = _steps(rng), rng.normal(size=4)
    settings = Settings(discount=0.9, trace=trace)
    ours = ppo.advantages(steps, jnp.asarray(last, jnp.float32), settings)
    value = np.vstack([steps.value, last])
    for t in range(7):
        for n in range(4):
            expected = 0.0  # forward, term by term, until the episode is over
            for k in range(t, 7):
                if steps.truncated[k, n]:
                    break
                over = bool(steps.terminated[k, n])
                surprise = steps.reward[k, n] + 0.9 * value[k + 1, n] * (not over) - value[k, n]
                expected += (0.9 * trace) ** (k - t) * surprise
                if over:
                    break
            np.testing.assert_allclose(ours[t, n], expected, atol=1e-5)


def test_the_loss_is_the_published_one():
    class Fixed:
        def unroll(self, observations, memory, fresh):
            return logits, value

    rng = np.random.default_rng(1)
    steps = _steps(rng)
    logits = jnp.asarray(rng.normal(size=(7, 4, 3)), jnp.float32)
    value, better = (jnp.asarray(rng.normal(size=(7, 4)), jnp.float32) for _ in range(2))
    settings = Settings(clip=0.1, entropy=0.3)
    ours = ppo.loss(Fixed(), ppo.Part((), steps, better), settings)
    total, entropy = [], []
    normal = (np.asarray(better) - np.mean(better)) / np.std(better)
    for i in np.ndindex(7, 4):
        p = np.exp(logits[i]) / np.exp(logits[i]).sum()
        ratio = p[int(steps.action[i])] / np.exp(steps.chance[i])
        total.append(min(ratio * normal[i], np.clip(ratio, 0.9, 1.1) * normal[i]))
        entropy.append(-(p * np.log(p)).sum())
    target = np.asarray(steps.value + better)
    error = np.mean((np.asarray(value) - target) ** 2)
    expected = -np.mean(total) + 0.5 * error - 0.3 * np.mean(entropy)
    np.testing.assert_allclose(ours, expected, rtol=1e-4)


def test_play_is_what_the_world_does():
    settings = Settings(**TINY)
    network = jax.jit(make_network, static_argnums=0)(spec_of(WORLD, settings), jax.random.key(0))
    levels = draw_levels(WORLD, jax.random.key(1), 8, 0.5)
    play = jax.jit(
        lambda levels: ppo.rollout(
            WORLD, network, ppo.begin(WORLD, network, levels), jax.random.key(2),
            lambda _, now: now, settings,
        )
    )  # fmt: skip
    _, steps, _ = play(levels)
    move = jax.jit(lambda level, state, a: WORLD.step(jax.random.key(0), level, state, a))
    for n in range(2):
        level = jax.tree.map(lambda part, n=n: part[n], levels)
        state, time, gained, fresh = WORLD.reset(level), 0, np.zeros(2), True
        for t in range(16):
            assert bool(steps.fresh[t, n]) == fresh
            np.testing.assert_array_equal(steps.observation[t, n], WORLD.observe(level, state))
            moved = move(level, state, steps.action[t, n])
            gained = gained + 0.99**time * np.array([moved.info[g] for g in WORLD.goals])
            np.testing.assert_allclose(steps.gained[t, n], gained, atol=1e-6)
            state, time, fresh = moved.state, time + 1, bool(moved.terminated | moved.truncated)
            assert bool(steps.ended[t, n]) == fresh
            if fresh:
                state, time, gained = WORLD.reset(level), 0, np.zeros(2)


def test_resuming_changes_no_bit():
    settings = Settings(**TINY, kind="gru")
    ask = partial(train, WORLD, settings, seeds=[3, 5], share=0.25)
    first, second = ask(budget=2 * 256)
    state = from_bytes(to_bytes(first), WORLD, settings, seeds=(3, 5), share=0.25)
    (again,) = ask(budget=2 * 256, resume=state)
    assert (first.steps, second.steps, again.steps) == (256, 512, 512)
    assert to_bytes(again) == to_bytes(second) != to_bytes(first)
    one, other = second.network(0).head.weight, second.network(1).head.weight
    assert not np.array_equal(one, other)
    (*_, alone) = train(WORLD, settings, seeds=[5], share=0.25, budget=2 * 256)
    np.testing.assert_array_equal(alone.network(0).head.weight, other)  # whatever is beside it


@pytest.mark.parametrize(
    "settings", [ReplaySettings(**TINY, mutations=0.5), EvolutionSettings(**TINY, population=4)]
)
def test_other_methods_resume_too(settings):
    ask = partial(train, WORLD, settings, seeds=[1], share=0.25)
    stages = ask(budget=10**6)
    first, second = next(stages), next(stages)
    state = from_bytes(to_bytes(first), WORLD, settings, seeds=(1,), share=0.25)
    assert to_bytes(next(ask(budget=10**6, resume=state))) == to_bytes(second)
    assert 0.0 <= second.returns["cheese"][0] <= 1.0


def test_a_checkpoint_of_something_else_is_refused():
    settings = Settings(**TINY, kind="gru")
    stage = next(train(WORLD, settings, seeds=[3, 5], share=0.25, budget=1))
    data = to_bytes(stage)
    with pytest.raises(CannotLoad, match="cannot be read"):
        from_bytes(data[:-9], WORLD, settings, seeds=(3, 5), share=0.25)
    with pytest.raises(BadRequest, match=r"share is 0\.25, and 0\.0"):
        from_bytes(data, WORLD, settings, seeds=(3, 5))
    with pytest.raises(BadRequest, match="settings"):
        from_bytes(data, WORLD, replace(settings, clip=0.3), seeds=(3, 5), share=0.25)


def test_ppo_learns_to_near_the_optimum_on_what_it_is_trained_on():
    settings = Settings(width=32, rows=64, steps=16, epochs=4, levels=256, updates=40)
    (stage,) = train(WORLD, settings, seeds=[0, 1], share=1.0, budget=1)
    levels = draw_levels(WORLD, jax.random.key(7), 128, 1.0)
    best = np.asarray(best_on(WORLD, levels, 0.99)).mean()
    got = returns_on(WORLD, stage.state.learner.network, levels, jax.random.key(8), 0.99)
    assert (np.asarray(got)[..., 0].mean(axis=1) > 0.9 * best).all()
    assert (np.asarray(got)[..., 0].mean(axis=1) <= best + 1e-5).all()


def test_kept_levels_are_those_with_the_most_to_gain():
    def pool(score):
        n = len(score)
        return replay.Pool(
            jnp.arange(n), jnp.ones(n), jnp.asarray(score), jnp.zeros(n, int), jnp.int32(4)
        )

    kept = replay.keep(
        pool([0.5, 0.1, 0.9, 0.2]), jnp.array([10, 11]), jnp.zeros(2), jnp.array([0.05, 0.3])
    )
    assert sorted(kept.level.tolist()) == [0, 2, 3, 11]
    settings = ReplaySettings(rows=2, minibatches=1, levels=4, staleness=0.0, temperature=0.5)
    keys = jax.random.split(jax.random.key(0), 2000)
    drawn = jax.vmap(lambda key: replay.draw(key, pool([1.0, 2.0, 0.0, 0.0]), settings))(keys)
    assert sorted(set(np.unique(drawn).tolist())) == [0, 1]
    assert abs((drawn[:, 0] == 1).mean() - 0.8) < 0.03  # 2² against 1²


def test_ranks_do_not_favour_either_of_equals():
    np.testing.assert_allclose(
        ranks(jnp.array([3.0, 1.0, 1.0, 9.0])), [1 / 6, -1 / 3, -1 / 3, 0.5], atol=1e-6
    )


@pytest.mark.parametrize(
    ("kind", "wrong", "says"),
    [
        (Settings, {"rows": 6, "minibatches": 4}, "minibatches"),
        (Settings, {"clip": 0.0}, "clip is"),
        (Settings, {"discount": 1.5}, "discount is"),
        (Settings, {"updates": 0}, "updates is 0"),
        (ReplaySettings, {"levels": 5}, "levels are kept"),
        (ReplaySettings, {"mutations": 2.0}, "mutations is"),
        (EvolutionSettings, {"population": 3}, "pairs"),
        (EvolutionSettings, {"sigma": 0.0}, "sigma is"),
    ],
)
def test_settings_that_make_no_sense_are_refused(kind, wrong, says):
    with pytest.raises(BadRequest, match=says):
        kind(**wrong)


def test_requests_that_make_no_sense_are_refused():
    with pytest.raises(UnknownName, match="Did you mean 'exact'"):
        ReplaySettings(score="exatc")
    for asked in ({"seeds": [], "budget": 1}, {"seeds": [-1], "budget": 1}):
        with pytest.raises(BadRequest, match="seeds"):
            train(WORLD, **asked)
    with pytest.raises(BadRequest, match="budget"):
        train(WORLD, seeds=[0], budget=0)
    with pytest.raises(BadRequest, match="share"):
        train(WORLD, seeds=[0], budget=1, share=1.5)
