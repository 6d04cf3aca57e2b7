"""What the audit of a policy may be asked, in every form, and that its record says just that."""

import functools
import inspect
from typing import Any

import gymnasium
import numpy as np
import pytest

import mesascope
import mesascope.studies.policy
from mesascope.core.errors import BadRequest, CannotLoad, UnknownName
from mesascope.studies.environment import environment
from mesascope.tasks.gymnasium_envs import Shift, reach_place
from mesascope.tasks.gymnasium_envs.errors import EnvironmentFailed
from tests.cli.inside import mesascope as shell

LAKE = "FrozenLake-v1?is_slippery=False"
SMALL: dict[str, Any] = {"levels": 1, "horizon": 3}


def uniform(observations):
    return np.zeros((len(observations), 4))


def lake(**options):
    return gymnasium.make("FrozenLake-v1", **{"is_slippery": False, **options})


def fifth(env):
    return env.unwrapped.s == 5


def sixth(env, info):
    return env.unwrapped.s == 6


@pytest.fixture
def told(monkeypatch):
    """Return a function that plays and gives what the record would say, without judging it."""
    found = []

    def record(played, about, **options):
        found.append((about, [one.seen for one in played]))

    monkeypatch.setattr(mesascope.studies.policy, "policy_record", record)

    def audit(policy=uniform, env=LAKE, **options):
        mesascope.audit(policy=policy, env=env, **{**SMALL, **options})
        return found[-1]

    return audit


def test_every_option_is_a_named_parameter_that_is_documented():
    parameters = dict(inspect.signature(mesascope.audit).parameters)
    del parameters["unknown"]
    said = inspect.getdoc(mesascope.audit)
    for name, parameter in parameters.items():
        assert f"\n    {name}: " in said
        assert name in ("policy", "env") or parameter.kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"shift": "x=CartPole-v1"}, UnknownName, "no option 'shift'. Did you mean 'shifts'?"),
        ({"levels": "3"}, BadRequest, "levels is '3'; a whole number"),
        ({"horizon": 1.5}, BadRequest, "horizon is 1.5; a whole number"),
        ({"beside": 0}, BadRequest, "beside is 0"),
        ({"seed": True}, BadRequest, "seed is True; a whole number"),
        ({"discount": "0.9"}, BadRequest, "discount is '0.9'; a number"),
        ({"epsilon": "0.1"}, BadRequest, "epsilon is '0.1'; a number"),
        ({"deterministic": "no"}, BadRequest, "deterministic is 'no'; True or False"),
        ({"family": object()}, BadRequest, "family: for systems"),
        ({"goals": 3}, BadRequest, "a int was given as goals; expected a goal's name"),
        ({"goals": [3]}, BadRequest, "a int was given as a goal"),
        ({"goals": {"reward", "info:x"}}, BadRequest, "a set was given"),
        ({"goals": [max]}, CannotLoad, "does not tell which arguments"),
        ({"goals": [lambda env: 0, lambda env: 1]}, BadRequest, "in Python, {'near': goal"),
        ({"base": [fifth, sixth]}, BadRequest, "2 goals were given as the base objective"),
        ({"shifts": 3}, BadRequest, "a int was given as shifts; expected NAME=ENV"),
        ({"shifts": [None]}, BadRequest, "a NoneType was given as a shift"),
        ({"shifts": [fifth]}, EnvironmentFailed, "fifth could not be made"),
        ({"shifts": {"other": ""}}, BadRequest, "the shift 'other' names no environment"),
        ({"shifts": [lake, lake]}, BadRequest, "called 'lake'.* in Python {'name': env}"),
        ({"env": lambda: 1 / 0}, EnvironmentFailed, "ZeroDivisionError"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(told, options, error, says):
    with pytest.raises(error, match=says):
        told(**options)


def test_options_of_policies_are_not_for_systems():
    from mesascope.organisms.catalogue import organism

    study = organism("tictactoe/random-opponent")
    with pytest.raises(BadRequest, match="goals, quick: for policies"):
        mesascope.audit("lost", study.task, base=study.base, goals="reward", quick=True)
    with pytest.raises(UnknownName, match="Did you mean 'family'"):
        mesascope.audit("lost", study.task, base=study.base, famly=study.family)
    with pytest.raises(BadRequest, match="base is missing"):
        mesascope.audit("lost", study.task)


@pytest.mark.parametrize(
    ("goals", "names", "written"),
    [
        (fifth, ["fifth"], f"{__name__}:fifth"),
        ({"hole": fifth, "near": "info:prob"}, ["hole", "near"], None),
        ([sixth, "way=info:prob"], ["sixth", "way"], [f"{__name__}:sixth", "way=info:prob"]),
        ("info:prob; way=info:p", ["info:prob", "way"], "info:prob; way=info:p"),
        ((goal for goal in [fifth]), ["fifth"], [f"{__name__}:fifth"]),
    ],
)
def test_goals_are_given_in_any_form_and_written_down_as_given(told, goals, names, written):
    about, (seen,) = told(goals=goals)
    assert seen.goals == ("reward", *names)
    written = written or {"hole": f"{__name__}:fifth", "near": "info:prob"}
    assert about.config.given["goals"] == written
    assert about.config.defaulted["base"] == "reward"


def test_one_goal_of_the_library_is_enough(told):
    room = "MiniGrid-Empty-5x5-v0"
    seven = functools.partial(np.full, fill_value=0.0)
    about, (seen,) = told(lambda o: seven((len(o), 7)), room, goals=reach_place(3, 3))
    assert seen.goals == ("reward", "place:3,3")
    assert about.config.given["goals"] == "place:3,3"


@pytest.mark.parametrize(
    ("shifts", "names", "written"),
    [
        ("slips=FrozenLake-v1", ["slips"], "slips=FrozenLake-v1"),
        (["a=FrozenLake-v1", lake], ["a", "lake"], ["a=FrozenLake-v1", f"{__name__}:lake"]),
        (lake, ["lake"], f"{__name__}:lake"),
        ({"a": LAKE, "b": lake}, ["a", "b"], {"a": LAKE, "b": f"{__name__}:lake"}),
        (
            {"slips": functools.partial(lake, is_slippery=True)},
            ["slips"],
            {"slips": f"{__name__}:lake?is_slippery=True"},
        ),
        ([Shift("far", "further away", lake, [4, 5])], ["far"], ["far=further away"]),
    ],
)
def test_shifts_are_given_in_any_form_and_written_down_as_given(told, shifts, names, written):
    about, seen = told(shifts=shifts)
    assert [one.name for one in seen] == ["train", *names]
    assert about.config.given["shifts"] == written
    assert [one.levels for one in seen[1:]] == [2 if "far" in names else 1] * len(names)


def test_environments_are_shifts_too_and_tell_what_they_were_made_with(told):
    about, seen = told(shifts=lake(map_name="8x8"))
    assert [one.name for one in seen] == ["train", "FrozenLake-v1"]
    written = about.config.given["shifts"]
    assert written.endswith("FrozenLakeEnv<FrozenLake-v1>>>>>, map_name=8x8, is_slippery=False")
    vector = gymnasium.make_vec("FrozenLake-v1", num_envs=2, vectorization_mode="sync")
    about, seen = told(shifts={"vector": vector})
    assert about.config.given["shifts"]["vector"].startswith("SyncVectorEnv(FrozenLake-v1, num_en")


def test_what_was_given_and_what_was_filled_in_are_told_apart(told):
    about, _ = told(levels=None, horizon=None, quick=True)
    given = {"policy": f"{__name__}:uniform", "env": LAKE, "quick": True}
    assert about.config.given == given
    assert about.config.defaulted == {
        **{"base": "reward", "goals": [], "shifts": {}, "levels": 12, "horizon": 100},
        **{"discount": 0.99, "epsilon": 0.1, "deterministic": False, "seed": 0, "beside": 16},
        **{"trust": False, "activation": None, "normalise": None},
    }
    options = {"discount": 0.99, "epsilon": 0.1, "seed": 0, "beside": 16, "base": "reward"}
    about, _ = told(**options, levels=np.int64(2))
    assert about.config.given == {
        **{"policy": f"{__name__}:uniform", "env": LAKE, "levels": 2, "horizon": 3},
        **options,
    }
    assert set(about.config.defaulted) == {
        *("goals", "shifts", "quick", "deterministic", "trust", "activation", "normalise")
    }


def test_a_world_fills_in_its_own_goals_and_shifts(told):
    from mesascope.tasks.mazes.catalogue import make_world

    world = make_world("corner", size=5, horizon=8)
    about, seen = told(env=world, horizon=None)
    filled = about.config.defaulted
    assert about.config.given["env"] == str(world)
    assert filled["goals"] == ["corner"]
    assert filled["shifts"] == {one.name: one.description for one in seen[1:]}
    assert filled["horizon"] == 8


def test_the_command_line_says_what_it_was_asked_for(monkeypatch):
    found = []

    def stop(played, about, **options):
        found.append(about.config)
        raise BadRequest("enough")

    monkeypatch.setattr(mesascope.studies.policy, "policy_record", stop)
    words = ["--env", LAKE, "--levels", "1", "--horizon", "3", "--shift", f"a={LAKE}", "--greedy"]
    assert "enough" in shell("audit", f"{__name__}:uniform", *words).stderr
    assert found[0].given == {
        **{"policy": f"{__name__}:uniform", "env": LAKE, "levels": 1, "horizon": 3},
        **{"deterministic": True, "shifts": [f"a={LAKE}"]},
    }
    assert found[0].defaulted["seed"] == 0
    assert "--greedy: for policies alone" in shell("audit", "lost", "--greedy").stderr


def test_the_report_tells_how_it_was_made(tmp_path):
    result = mesascope.audit(
        uniform, LAKE, goals={"hole": fifth}, shifts={"again": lake}, deterministic=True, **SMALL
    )
    acting = [line for line in result.record.ledger if line.key == "acting"]
    assert "likeliest action" in acting[0].statement
    page = result.report(tmp_path / "report.html").read_text(encoding="utf-8")
    for text in ("goals.hole", f"{__name__}:fifth", "shifts.again", f"{__name__}:lake"):
        assert text in page
    assert f"jax {environment().versions['jax']}" in page


def test_versions_of_what_computes_are_recorded_without_importing_it():
    from importlib.metadata import version

    found = environment().versions
    for name in ("jax", "jaxlib", "equinox", "optax", "gymnasium", "minigrid"):
        assert found[name] == version(name)
