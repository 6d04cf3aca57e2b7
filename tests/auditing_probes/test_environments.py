"""Levels designed in somebody's environment: what varies, what is searched, what is refused."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesascope.auditing.probes.cost import Cost
from mesascope.auditing.probes.search import score_graphs
from mesascope.core.errors import BadRequest, UnknownName
from mesascope.studies.probe_levels import probe_levels
from mesascope.studies.probing.environments import environment_ground
from mesascope.studies.probing.settings import ProbeSettings
from mesascope.studies.probing.varied import Varied
from mesascope.systems.playing.environments import UNSEEN, play_environment
from mesascope.tasks.gymnasium_envs.confounded import GOALS, ID
from mesascope.tasks.gymnasium_envs.make import make_environment
from mesascope.tasks.gymnasium_envs.variation import Setting, Variation, values_named
from tests.auditing_probes.worlds import SMALL
from tests.cli.inside import mesascope
from tests.cli.shell import document

SQUARE, CORNER = GOALS
ASKED: dict[str, Any] = {"base": SQUARE, "vary": {"apart": (False, True), "size": (5,)}}


def heads_for_the_corner(observations: np.ndarray) -> np.ndarray:
    """Turn to where the way is not yet gone, right or down, and go."""
    maps = observations.reshape(len(observations), 5, 5, 5)
    _, way, row, column = np.argwhere(maps[:, 1:]).T
    wanted = np.where(column < 3, 0, 1)
    # Facing right is 0 and down is 1; a turn to the right adds one.
    turn = (wanted - way) % 4
    action = np.where(
        (row == 3) & (column == 3), 0, np.where(turn == 0, 2, np.where(turn == 3, 0, 1))
    )
    return 8.0 * np.eye(3)[action]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do without how many episodes it takes, which compiles for long."""
    monkeypatch.setattr("mesascope.studies.probe_levels.needed", lambda *_, **__: [])


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 5), max_size=3),
    st.integers(1, 4),
    st.integers(0, 99),
)
def test_settings_are_all_listed_and_a_neighbour_differs_in_one_thing(
    sizes: dict[str, int], seeds: int, seed: int
) -> None:
    variation = Variation({name: range(size) for name, size in sizes.items()}, range(seeds))
    every = list(variation.every())
    assert len(set(every)) == len(every) == variation.count
    rng = np.random.default_rng(seed)
    one = variation.draw(rng)
    near = variation.neighbour(rng, one)
    assert {one, near, variation.offspring(rng, [one])} <= set(every)
    differs = sum(a != b for a, b in zip(one.values, near.values, strict=True))
    assert differs + (one.seed != near.seed) <= 1
    if near.seed != one.seed or not any(size > 1 for size in sizes.values()):
        assert differs == 0
    assert variation.made_with(one) == dict(zip(sizes, one.values, strict=True))


def test_every_setting_is_come_to_by_neighbours() -> None:
    variation = Variation({"a": "xyz", "b": (1, 2)}, (7, 8))
    rng, here, seen = np.random.default_rng(0), Setting((0, 0), 7), set()
    for _ in range(400):
        here = variation.neighbour(rng, here)
        seen.add(here)
    assert seen == set(variation.every())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("size=5..8", (5, 6, 7, 8)),
        (" size = -1..1 ", (-1, 0, 1)),
        ("apart=True,False", (True, False)),
        ("at=(1,2),(3,4)", ((1, 2), (3, 4))),
        ("map=4x4, 8x8", ("4x4", "8x8")),
        ("mixed=a,2", ("a", 2)),
        ("one=0.5", (0.5,)),
    ],
)
def test_values_are_read_as_they_are_written(text: str, values: tuple[Any, ...]) -> None:
    assert values_named(text) == (text.partition("=")[0].strip(), values)


@pytest.mark.parametrize("text", ["", "size", "=3", "a b=3", "size=", "size=5..4", "n=0..99999"])
def test_values_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(BadRequest, match=r"cannot read|has [\d,]+ values"):
        values_named(text)


@pytest.mark.usefixtures("quick")
def test_where_all_settings_are_tried_the_best_are_those_of_a_search_by_hand() -> None:
    settings = ProbeSettings(budget=24, keep=2)
    record = probe_levels(None, ID, CORNER, settings=settings, seeds=12, **ASKED).record
    assert record.exact
    assert record.goals == [SQUARE, CORNER]
    # The same levels, enumerated by playing on them.
    ground = environment_ground(ID, CORNER, Varied(seeds=12, **ASKED), budget=24)
    seeds = range(UNSEEN, UNSEEN + 12)
    by_hand = []
    for apart in (False, True):
        seen = play_environment(
            heads_for_the_corner,
            lambda apart=apart: make_environment(ID, apart=apart, size=5),
            GOALS,
            levels=seeds,
        )
        assert seen.graphs is not None
        by_hand.append(seen.graphs)
    assert ground.horizon == 40
    told = [level for level in record.designed if level.purpose == "information"]
    (costly,) = [level for level in record.designed if level.purpose == "regret"]
    assert all(level.parameters["apart"] is True for level in told)
    costs = np.concatenate([score_graphs(Cost(0, 1, 0.99, 40), graphs) for graphs in by_hand])
    assert costly.regret == pytest.approx(costs.max(), abs=1e-6)
    assert costs[:12].max() == 0.0  # the corner is where the square is
    assert costly.parameters["seed"] in seeds


@pytest.mark.usefixtures("quick")
def test_of_more_settings_than_may_be_tried_better_than_random_ones_are_found() -> None:
    settings = ProbeSettings(budget=32, keep=2, seed=5)
    asked = {**ASKED, "vary": ["apart=False,True", "size=5,6"], "seeds": 1000}
    record = probe_levels(None, ID, CORNER, settings=settings, **asked).record
    again = probe_levels(None, ID, CORNER, settings=settings, **asked).record
    assert not record.exact
    assert record.designed == again.designed
    first = record.designed[0]
    assert first.random is not None
    assert first.information is not None
    assert first.information > 1.3 * first.random
    assert 17 <= record.tried <= 3 * 32  # the second search knows what the first enumerated


def test_a_policy_is_played_on_them_and_found_to_want_the_corner() -> None:
    said: list[str] = []
    record = probe_levels(
        heads_for_the_corner,
        ID,
        [CORNER],
        settings=ProbeSettings(budget=16, keep=3),
        say=lambda what, tried, best: said.append(what),
        seeds=8,
        **ASKED,
    ).record
    assert record.after is not None
    assert record.after[CORNER] > 0.95
    assert record.wrong == CORNER
    assert [name.split()[0] for name in dict.fromkeys(said)] == ["enumerating", "telling", "what"]
    played = record.designed[0].played
    assert played is not None
    assert played.path[-1] == (3, 3)
    assert played.returns[CORNER] > 0.5
    assert record.designed[-1].ways.keys() == {SQUARE, CORNER}
    assert len(record.needed) == 2


@pytest.mark.usefixtures("quick")
def test_what_cannot_be_made_is_left_out_and_said() -> None:
    settings = ProbeSettings(budget=8, keep=1)
    asked = {**ASKED, "vary": {"size": (3, 5), "apart": (True,)}, "seeds": 2}
    record = probe_levels(None, ID, CORNER, settings=settings, **asked).record
    assert "size=3" in record.notes[-1]
    assert "5 at least is expected" in record.notes[-1]


@pytest.mark.usefixtures("quick")
def test_a_policy_that_fails_costs_no_level() -> None:
    def fails(observations: np.ndarray) -> np.ndarray:
        raise ValueError("no such shape")

    settings = ProbeSettings(budget=4, keep=2)
    result = probe_levels(fails, ID, CORNER, settings=settings, seeds=2, **ASKED)
    assert len(result.record.designed) == 3
    assert result.record.after is None
    assert "no such shape" in result.record.says
    assert "no such shape" in str(result.failure)
    words = [
        "--base",
        SQUARE,
        "--goals",
        CORNER,
        "--vary",
        "size=5",
        "--seeds",
        "2",
        "--budget",
        "2",
    ]
    here = "tests.auditing_probes.environment_policies:fails"
    done = mesascope("probe-levels", here, "--env", ID, *words, "--keep", "1", "--json")
    assert done.returncode == 2
    assert document(done.stdout)["designed"]
    assert "it does not like this" in done.stderr.splitlines()[-1]


def test_refusals() -> None:
    with pytest.raises(BadRequest, match="at least two goals are to be told apart"):
        probe_levels(None, ID, base=SQUARE)
    with pytest.raises(BadRequest, match="lies outside"):
        probe_levels(None, ID, "place:99,1", **ASKED, settings=ProbeSettings(budget=4))
    for wrong in ({"discount": 2.0}, {"lapse": -1.0}, {"rationality": 0.0}, {"keep": 0}):
        with pytest.raises(BadRequest, match=f"the {next(iter(wrong))} is"):
            ProbeSettings(**wrong)
    with pytest.raises(BadRequest, match="leave out seeds, vary"):
        probe_levels(None, SMALL, seeds=3, vary={})
    with pytest.raises(BadRequest, match="made already"):
        probe_levels(None, make_environment(ID), CORNER, **ASKED)
    with pytest.raises(BadRequest, match="varies twice"):
        environment_ground(ID, CORNER, Varied(vary=["size=5", "size=6"]), budget=4)
    with pytest.raises(BadRequest, match="0 seeds"):
        environment_ground(ID, CORNER, Varied(seeds=0), budget=4)
    with pytest.raises(BadRequest, match="a budget of 0"):
        environment_ground(ID, CORNER, Varied(), budget=0)
    with pytest.raises(BadRequest, match="best 9 of 4"):
        probe_levels(None, ID, CORNER, settings=ProbeSettings(budget=4, keep=9), **ASKED)
    with pytest.raises(BadRequest, match="different results"):
        probe_levels(None, "FrozenLake-v1", "info:prob", settings=ProbeSettings(budget=4))
    with pytest.raises(UnknownName, match="Did you mean 'corner'"):
        probe_levels(None, "cornr", CORNER)


@pytest.mark.usefixtures("quick")
def test_an_interruption_keeps_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Variation, "offspring", stop)
    settings = ProbeSettings(budget=8, keep=2)
    record = probe_levels(None, ID, CORNER, settings=settings, seeds=99, **ASKED).record
    assert record.stopped
    assert not record.exact
    assert len(record.designed) == 3
