"""What a policy cannot be given is told before anything is played; what it takes is found."""

import pytest

from mesascope.core.errors import BadRequest
from mesascope.studies import policy
from mesascope.studies.policy import audit_policy
from mesascope.studies.probe_levels import probe_levels
from mesascope.studies.probing.environments import environment_ground
from mesascope.studies.probing.varied import Varied
from mesascope.systems.policies import from_actions
from mesascope.tasks.gymnasium_envs.make import make_environment
from mesascope.tasks.gymnasium_envs.shift import shift_named
from tests.systems.policies.models import load_plain, need_extras, save_model

need_extras("torch", "stable_baselines3", "minigrid")

ROOM = "MiniGrid-Empty-5x5-v0"


@pytest.fixture(scope="module")
def flat(tmp_path_factory):
    """Return a policy, from its zip, that sees image and mission in a row."""
    env = make_environment(ROOM, observation="flat")
    made = save_model(tmp_path_factory.mktemp("flat"), "PPO", env, n_steps=8, batch_size=8)
    return load_plain(made[1])


@pytest.mark.parametrize(
    "shifts",
    [["larger=MiniGrid-Empty-6x6-v0"], {"larger": "MiniGrid-Empty-6x6-v0"}, [shift_named(ROOM)]],
)
def test_a_shift_that_cannot_be_played_is_refused_before_training_levels_are(flat, shifts):
    said = []
    with pytest.raises(BadRequest, match=r"3 actions, .*\?actions=3 "):
        audit_policy(
            from_actions(lambda x: x, 3), f"{ROOM}?actions=3", shifts=shifts, say=said.append
        )
    with pytest.raises(BadRequest, match=r"\(2835,\), .* gives \(7, 7, 3\)\. .*observation=flat"):
        audit_policy(flat, f"{ROOM}?observation=image", shifts=shifts, say=said.append)
    assert not said


def test_a_flat_policy_plays_by_bare_ids(flat, monkeypatch):
    monkeypatch.setattr(policy, "policy_record", lambda played, *_, **__: played)
    options = {"shifts": [shift_named(ROOM)], "levels": 2, "horizon": 2}
    played = audit_policy(flat, ROOM, **options).record
    assert [one.seen.name for one in played] == ["train", ROOM]


def test_levels_are_designed_for_a_flat_policy_by_bare_ids(flat):
    varied = Varied(vary={"size": [5]}, seeds=1, horizon=3)
    ground = environment_ground(ROOM, "place:1,1", varied, budget=1, takes=flat.interface)
    seen = ground.play(flat, ground.random, episodes=1, discount=0.99)
    assert len(seen.returns) == 1
    assert ground.name == ROOM
    with pytest.raises(BadRequest, match="among 7 actions"):
        probe_levels(flat, f"{ROOM}?actions=3", "place:1,1")
