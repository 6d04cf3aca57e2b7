"""Environments from ids, factories and texts; goals by name; every bad one refused by name."""

import sys

import gymnasium
import numpy as np
import pytest

from mesascope.auditing.policies.candidates import LOST, NONE, REFLEX
from mesascope.auditing.policies.held_out import NO_GOAL
from mesascope.core.errors import BadRequest, CannotLoad, UnknownName
from mesascope.tasks.gymnasium_envs.errors import EnvironmentFailed, GoalFailed
from mesascope.tasks.gymnasium_envs.goal_names import TAKEN, goal_named, goals_of
from mesascope.tasks.gymnasium_envs.goals import Goal, Moment, as_goal
from mesascope.tasks.gymnasium_envs.make import actions_of, make_environment, read_environment
from mesascope.tasks.gymnasium_envs.picture import picture, place_of
from mesascope.tasks.gymnasium_envs.shift import shift_named


def moment_of(env, **info):
    return Moment(env, None, 0.25, info)


def test_an_id_with_arguments_makes_that_environment():
    env = make_environment("MiniGrid-Empty-8x8-v0?max_steps=17&actions=3&observation=full")
    assert env.unwrapped.max_steps == 17
    assert env.observation_space.shape == (8, 8, 3)
    assert actions_of(env) == ("left", "right", "forward")
    assert read_environment("x?a=1&b=(2,3)&c=word&d=True") == (
        "x",
        {"a": 1, "b": (2, 3), "c": "word", "d": True},
    )


@pytest.mark.parametrize(
    ("shape", "found"), [((7, 7, 3), "image"), ((6, 6, 3), "full"), ((2835,), "flat")]
)
def test_the_observation_that_a_policy_expects_is_found(shape, found):
    env = make_environment("MiniGrid-Empty-6x6-v0", shape=shape)
    assert env.observation_space.shape == shape
    same = make_environment("MiniGrid-Empty-6x6-v0", observation=found)
    np.testing.assert_array_equal(env.reset(seed=0)[0], same.reset(seed=0)[0])


@pytest.mark.parametrize(
    ("what", "options", "error", "says"),
    [
        ("CartPol-v1", {}, UnknownName, "Did you mean 'CartPole-v1'"),
        ("MiniGrid-Empty-6x7-v0", {}, UnknownName, "Did you mean 'MiniGrid-Empty-"),
        ("CartPole-v1?gravity", {}, BadRequest, "key=value"),
        ("CartPole-v1", {"wheels": 3}, EnvironmentFailed, "wheels"),
        ("Pendulum-v1", {}, BadRequest, "only Discrete"),
        ("CartPole-v1", {"shape": (5,)}, BadRequest, r"expects observations of shape \(5,\)"),
        ("MiniGrid-Empty-6x6-v0", {"shape": (5,)}, BadRequest, "It can give 'image'"),
        ("CartPole-v1", {"observation": "full"}, BadRequest, "MiniGrid's"),
        ("MiniGrid-Empty-6x6-v0", {"observation": "fall"}, UnknownName, "Did you mean 'full'"),
        ("MiniGrid-Empty-6x6-v0", {"observation": "as is"}, BadRequest, "are Dict"),
        ("CartPole-v1", {"actions": 3}, BadRequest, "first 3"),
        ("no_such_module:make", {}, CannotLoad, "no_such_module"),
        ("math:sqrt", {}, EnvironmentFailed, "could not be made"),
        ("builtins:dict", {}, BadRequest, "no Gymnasium environment"),
        (3, {}, BadRequest, "int is no environment"),
    ],
)
def test_what_cannot_be_made_is_named(what, options, error, says):
    with pytest.raises(error, match=says):
        make_environment(what, **options)


def test_what_is_made_already_takes_no_arguments():
    env = gymnasium.make("CartPole-v1")
    assert make_environment(env) is env
    with pytest.raises(BadRequest, match="too late"):
        make_environment(env, gravity=1.0)


def test_a_shift_is_named_by_an_environment_with_arguments():
    shift = shift_named("larger=MiniGrid-Empty-8x8-v0?max_steps=9")
    assert shift.name == "larger"
    assert shift.make_env().unwrapped.max_steps == 9
    assert shift_named("CartPole-v1?sutton_barto_reward=True").name.startswith("CartPole-v1?")
    with pytest.raises(BadRequest, match="names no environment"):
        shift_named("larger=")
    with pytest.raises(UnknownName, match="CartPole-v1"):
        shift_named("other=CartPole-v3")


def test_library_goals_on_a_level_drawn_by_hand():
    env = make_environment("MiniGrid-DoorKey-5x5-v0")
    env.reset(seed=0)
    plain = env.unwrapped
    cells = [(c, r, text) for r, row in enumerate(picture(env)) for c, text in enumerate(row)]
    key = next((c, r) for c, r, text in cells if text.endswith("key"))
    goal = next((c, r) for c, r, text in cells if text == "green goal")
    plain.agent_pos, plain.agent_dir = (key[0], key[1] - 1), 1  # above the key, facing it
    if key[1] == 1:
        plain.agent_pos, plain.agent_dir = (key[0], key[1] + 1), 3
    said = {
        text: goal_named(text).worth(moment_of(env, lamp=0.5))
        for text in ("reach:key", "reach:yellow key", "reach:red key", "collect:key", "reward",
                     "follow:key", "reach:green goal", "info:lamp", "info:other")
    }  # fmt: skip
    assert said == {
        "reach:key": (1.0, True),
        "reach:yellow key": (1.0, True),
        "reach:red key": (0.0, True),
        "collect:key": (0.0, True),
        "reward": (0.25, False),
        "follow:key": (1.0, False),
        "reach:green goal": (0.0, True),
        "info:lamp": (0.5, False),
        "info:other": (0.0, False),
    }
    env.step(3)  # picks it up
    assert goal_named("collect:key").worth(moment_of(env)) == (1.0, True)
    plain.agent_pos = goal
    assert goal == (3, 3)
    for text in ("reach:green goal", "place:bottom-right", "place:3,3"):
        assert goal_named(text).worth(moment_of(env)) == (1.0, True)
    assert goal_named("place:3,2").worth(moment_of(env)) == (0.0, True)
    assert place_of(env) == 3 * 5 + 3


def test_users_functions_see_the_environment_and_its_info():
    env = gymnasium.make("CartPole-v1")
    assert as_goal(lambda env: env.unwrapped.gravity > 9.0).worth(moment_of(env)) == (1.0, True)
    both = as_goal(lambda env, info: 2.0 * info["x"], "twice")
    assert both.worth(moment_of(env, x=3.0)) == (6.0, False)
    assert [goal.name for goal in goals_of("won=reward; place:1,1")] == ["won", "place:1,1"]
    assert goal_named("operator:truth").worth(moment_of(env)) == (1.0, True)


def broken(env):
    raise ZeroDivisionError("in the user's code")


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        (as_goal(broken), "'broken' raised ZeroDivisionError"),
        (Goal("odd", lambda moment: "yes"), "'odd' answered with 'yes'"),
        (Goal("lost", lambda moment: float("nan")), "answered with nan"),
        (Goal("rich", lambda moment: 1e308), "answered with 1e.308; .* of size 1e.15 at most"),
        (Goal("richer", lambda moment: 10**5000), "answered with a huge int"),
        (Goal("wordy", lambda moment: "x" * 10**6), "answered with .{1,60}; expected"),
        (goal_named("reach:ball"), "has no grid"),
    ],
)
def test_a_goal_that_fails_is_named(goal, says):
    with pytest.raises(GoalFailed, match=says):
        goal.worth(moment_of(gymnasium.make("CartPole-v1")))


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("reach:bal", UnknownName, "Did you mean 'ball'"),
        ("reach:gren goal", UnknownName, "Did you mean 'green'"),
        ("place:top-lef", UnknownName, "Did you mean 'top-left'"),
        ("place:1", BadRequest, "row and a column"),
        ("happiness", BadRequest, "a goal is reward"),
        ("reach:", BadRequest, "a goal is reward"),
        ("math:no_such", CannotLoad, "no_such"),
        ("reward;reward", BadRequest, "two goals are called 'reward'"),
        ("", BadRequest, "there is no goal"),
    ],
)
def test_a_goal_that_cannot_be_read_is_explained(text, error, says):
    with pytest.raises(error, match=says):
        goals_of(text)
    with pytest.raises(CannotLoad, match=r"expected \(env\) or \(env, info\)"):
        as_goal(lambda: 1.0)


@pytest.mark.parametrize("name", ["lost", "Reflex", "none of these", ""])
def test_a_goal_takes_no_name_that_an_audit_uses_itself(name):
    with pytest.raises(BadRequest, match="cannot be called"):
        goals_of(f"reward; {name}=place:1,1")
    assert {LOST, NONE, REFLEX, NO_GOAL} == set(TAKEN)


@pytest.mark.parametrize("wrong", ["shape=3", "actions=abc", "observation=3", "actions=True"])
def test_options_of_another_kind_are_refused(wrong):
    with pytest.raises(BadRequest, match="is expected"):
        make_environment(f"MiniGrid-Empty-6x6-v0?{wrong}")


def test_a_room_too_small_for_a_choice_is_refused():
    with pytest.raises(BadRequest, match="5 at least"):
        make_environment("mesascope/Confounded-v0?size=3")


def test_a_goal_that_leaves_the_program_has_failed():
    with pytest.raises(GoalFailed, match="SystemExit"):
        as_goal(lambda env: sys.exit(0), "leaves").worth(moment_of(object()))


def test_modules_are_looked_for_in_the_current_directory_first(tmp_path, monkeypatch):
    text = "import gymnasium\n\ndef make():\n    return gymnasium.make('CartPole-v1')\n"
    (tmp_path / "my_rooms.py").write_text(text + "\n\ndef upright(env):\n    return True\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p])
    assert make_environment("my_rooms:make").spec.id == "CartPole-v1"
    (goal,) = goals_of("my_rooms:upright")
    assert goal.name == "upright"
