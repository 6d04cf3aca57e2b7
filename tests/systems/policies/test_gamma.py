"""The discount that a model was trained with, and the policy that takes its likeliest action."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import mesascope
import mesascope.studies.policy
from tests.systems.policies.models import load_plain, need_extras, rewrite, save_model

need_extras("torch", "stable_baselines3", "sb3_contrib")

GAMMA = 0.875


class Drawn(gymnasium.Env):
    """Shows numbers drawn from its seed, whatever is done."""

    action_space = gymnasium.spaces.Discrete(3)
    observation_space = gymnasium.spaces.Box(-3.0, 3.0, (2,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self._look(), {}

    def step(self, action):
        return self._look(), float(action), False, False, {}

    def _look(self):
        return self.np_random.uniform(-3.0, 3.0, 2).astype(np.float32)


@pytest.fixture
def audited(monkeypatch):
    """Return a function that gives an audit's discount, its ledger and what was seen."""

    def audit(policy, **options) -> Any:
        found: Any = []

        def record(played, about, **rest):
            found.append(([one.seen for one in played], about))

        monkeypatch.setattr(mesascope.studies.policy, "policy_record", record)
        mesascope.audit(policy, Drawn, levels=3, horizon=12, **options)
        ((seen,), about) = found[0]
        return seen, about, {line.key: line for line in about.ledger}

    return audit


@pytest.mark.parametrize("kind", ["PPO", "DQN"])
def test_gamma_is_read_from_files_and_models(kind, tmp_path, audited):
    model, path = save_model(tmp_path, kind, Drawn(), gamma=GAMMA)
    for policy in (load_plain(path), load_plain(path, trust=True), load_plain(model)):
        assert policy.gamma == GAMMA
    seen, about, ledger = audited(path, normalise="none")
    assert seen.discount == about.config.defaulted["discount"] == GAMMA
    assert (ledger["discount"].status, ledger["discount"].figure) == (
        "declared",
        "the policy says so",
    )


@pytest.mark.parametrize("told", ["0.9", None, True, 7.0, float("nan"), {":serialized:": ""}])
def test_a_gamma_that_is_none_is_not_taken(told, tmp_path):
    _, path = save_model(tmp_path, "PPO", Drawn())
    rewrite(path, data=lambda settings: settings.update(gamma=told))
    assert load_plain(path).gamma is None


def test_the_ledger_says_whose_discount_it_is(tmp_path, audited):
    model, _ = save_model(tmp_path, "PPO", Drawn(), gamma=GAMMA)

    def nobody(observations):
        return np.zeros((len(observations), 3))

    for policy, given, discount, status in (
        (model, None, GAMMA, "declared"),
        (model, GAMMA, GAMMA, "checked"),
        (model, 0.5, 0.5, "failed"),
        (nobody, None, 0.99, "unchecked"),
        (nobody, 0.5, 0.5, "declared"),
    ):
        seen, about, ledger = audited(policy, discount=given)
        assert (seen.discount, ledger["discount"].status) == (discount, status)
        assert f"γ = {discount} " in ledger["discount"].statement
        told = about.config.defaulted if given is None else about.config.given
        assert told["discount"] == discount
    assert f"γ = {GAMMA}" in audited(model, discount=0.5)[2]["discount"].figure


@pytest.mark.parametrize("kind", ["PPO", "RecurrentPPO"])
def test_deterministic_does_as_the_librarys_predict(kind, audited, tmp_path):
    import torch
    from sb3_contrib import RecurrentPPO
    from stable_baselines3 import PPO

    recurrent = kind == "RecurrentPPO"
    made = {
        **{"n_steps": 8, "batch_size": 8, "seed": 1, "device": "cpu"},
        "policy_kwargs": {"lstm_hidden_size": 6} if recurrent else {"net_arch": [6]},
    }
    model = (RecurrentPPO if recurrent else PPO)(
        "MlpLstmPolicy" if recurrent else "MlpPolicy", Drawn(), **made
    )
    with torch.no_grad():
        model.policy.action_net.weight.mul_(30.0)
    model.save(tmp_path / "model.zip")
    for policy in (model, tmp_path / "model.zip"):
        seen, about, ledger = audited(policy, deterministic=True, normalise="none")
        assert about.config.given["deterministic"] is True
        assert "likeliest action" in ledger["acting"].statement
        for number, seed in enumerate(seen.seeds):
            env, state, start = Drawn(), None, np.ones(1, bool)
            observation, _ = env.reset(seed=seed)
            for action in seen.action[seen.episode == number]:
                wanted, state = model.predict(
                    observation[None], state, episode_start=start, deterministic=True
                )
                assert action == wanted[0]
                start = np.zeros(1, bool)
                observation = env.step(action)[0]
        assert len(set(seen.action.tolist())) > 1
    drawn, _, ledger = audited(model)
    assert drawn.action.tolist() != seen.action.tolist()
    assert "draws its actions" in ledger["acting"].statement
