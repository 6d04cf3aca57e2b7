"""Episodes of Gymnasium environments, drawn or filmed; and every way in which that can fail."""

import base64
import io
from typing import ClassVar

import gymnasium
import numpy as np
import pytest
from PIL import Image

from mesascope.core.errors import BadRequest
from mesascope.studies.filming import EnvironmentStage
from mesascope.studies.policy import audit_policy
from mesascope.systems.playing.environments import play_environment
from mesascope.systems.playing.paths import path_of
from mesascope.systems.playing.repeating import NotRepeated, repeat_episode
from mesascope.tasks.gymnasium_envs.confounded import GOALS, ID
from mesascope.tasks.gymnasium_envs.goal_names import goals_of
from mesascope.tasks.gymnasium_envs.make import make_environment

ROOM = 100_000
DIRECTION = {0: (0, 1), 90: (1, 0), 180: (0, -1), 270: (-1, 0)}


def uniform(actions):
    return lambda observations: np.zeros((len(observations), actions))


def test_a_grid_is_drawn_step_by_step_with_ways_and_values():
    env = f"{ID}?apart=True&size=5&max_steps=12"
    seen = play_environment(uniform(3), env, GOALS, levels=2, name="apart", role="shift")
    found = EnvironmentStage(env, GOALS).pictures(seen, [1, 0], GOALS[1], ROOM)
    assert (found.why, list(found.films)) == ("", [])
    for record, number in zip(found.episodes, (1, 0), strict=True):
        path = path_of(seen, number)
        assert record.title.startswith(f"Level {number + 1} of apart (seed {number}): ")
        assert record.path == [divmod(int(place), 5) for place in path.places]
        assert record.actions == [("left", "right", "forward")[a] for a in path.actions]
        assert list(record.level.values) == list(record.others) == list(GOALS)
        for time, action in enumerate(record.actions):
            (i, j), way = record.path[time], record.turned[time]
            assert "agent" in record.frames[time][i][j].split("+")
            di, dj = DIRECTION[way] if action == "forward" else (0, 0)
            assert record.path[time + 1] in ((i, j), (i + di, j + dj))
            turn = {"left": 270, "right": 90, "forward": 0}[action]
            assert record.turned[time + 1] == (way + turn) % 360
    cells = found.episodes[0].level.cells
    (goal,) = [(i, j) for i in range(5) for j in range(5) if "green goal" in cells[i][j]]
    worth = found.episodes[0].level.values[GOALS[0]]
    assert worth[goal[0]][goal[1]] == max(v for row in worth for v in row if v is not None) == 1.0
    assert found.episodes[0].others[GOALS[0]][-1] == goal


def test_what_is_carried_goes_with_the_agent_and_doors_open():
    env = make_environment("MiniGrid-DoorKey-5x5-v0")
    seen = play_environment(uniform(7), env, ["reward"], levels=1, horizon=40, enumerate="never")
    (record,) = EnvironmentStage(env, ["reward"]).pictures(seen, [0], None, ROOM).episodes
    assert record.others == record.level.values == {}
    assert record.parts is None
    things = {text for rows in record.frames for row in rows for text in row}
    assert {"#", "yellow key", "locked yellow door", "green goal"} <= things


def test_a_lake_with_chance_is_drawn_as_it_went():
    seen = play_environment(uniform(4), "FrozenLake-v1", ["reward"], levels=3, episodes_per_level=2)
    assert seen.graphs is None
    found = EnvironmentStage("FrozenLake-v1", ["reward"]).pictures(seen, [5, 2], None, ROOM)
    assert [len(record.path) for record in found.episodes] == [
        1 + (seen.episode == number).sum() for number in (5, 2)
    ]
    assert found.episodes[0].level.cells[0][0] == "start+agent"
    assert found.episodes[0].turned == []


class Lamp(gymnasium.Env):
    """A lamp that is dimmed, with pictures of whatever kind is asked for."""

    action_space = gymnasium.spaces.Discrete(2)
    observation_space = gymnasium.spaces.Box(0.0, 99.0, (1,), np.float32)
    metadata: ClassVar = {"render_modes": ["rgb_array"]}

    def __init__(self, render_mode=None, gives=None, drifts=False):
        self.render_mode, self.gives, self.drifts, self.resets = render_mode, gives, drifts, 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.time, self.resets = 0, self.resets + 1
        return np.zeros(1, np.float32), {}

    def step(self, action):
        self.time += 1
        more = self.drifts * self.resets
        return np.full(1, self.time, np.float32), 1.0 + more, self.time == 100, False, {}

    def render(self):
        if isinstance(self.gives, Exception):
            raise self.gives
        return np.full((300, 600, 3), 2 * self.time, np.uint8) if self.gives is None else self.gives


def dark():
    return Lamp()


def played(make, **options):
    return play_environment(uniform(2), make, ["reward"], levels=1, enumerate="never", **options)


def test_what_is_rendered_becomes_a_film_of_a_few_small_frames():
    (film,) = EnvironmentStage(Lamp, ["reward"]).pictures(played(Lamp), [0], None, ROOM).films
    assert (len(film.frames), film.steps[0], film.steps[-1], film.total) == (40, 0, 100, 100)
    for frame, step in zip(film.frames, film.steps, strict=True):
        image = Image.open(io.BytesIO(base64.b64decode(frame))).convert("RGB")
        assert image.size == (240, 120)
        assert image.getpixel((5, 5)) == (2 * step,) * 3
    size = sum(map(len, film.frames))
    (less,) = EnvironmentStage(Lamp, ["reward"]).pictures(played(Lamp), [0], None, size // 3).films
    assert len(less.frames) == 10
    assert sum(map(len, less.frames)) <= size // 3


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (dark, "cannot be rendered as `rgb_array`"),
        (lambda render_mode=None: Lamp(render_mode, RuntimeError("no device")), "no device"),
        (lambda render_mode=None: Lamp(render_mode, "a text"), "gave a str, which is no picture"),
        (lambda render_mode=None: Lamp(render_mode, np.zeros((3, 4))), r"of shape \(3, 4\)"),
        (lambda render_mode=None: Lamp(render_mode, np.zeros((0, 4, 3))), "no picture"),
    ],
)
def test_what_cannot_be_rendered_is_told_and_costs_nothing(make, says):
    found = EnvironmentStage(make, ["reward"]).pictures(played(make), [0], None, ROOM)
    assert (list(found.episodes), list(found.films)) == ([], [])
    with pytest.raises(AssertionError, match=says):
        raise AssertionError(found.why)


def test_pictures_that_are_too_large_are_left_out():
    found = EnvironmentStage(Lamp, ["reward"]).pictures(played(Lamp), [0], None, 10)
    assert "too large" in found.why


def test_an_environment_that_does_otherwise_is_not_shown():
    env = Lamp("rgb_array", drifts=True)
    seen = played(env)
    assert "did otherwise" in EnvironmentStage(env, ["reward"]).pictures(seen, [0], None, ROOM).why
    longer = played(Lamp, horizon=30)
    with pytest.raises(NotRepeated, match="did otherwise"):
        repeat_episode(seen_for(longer, 60), 0, Lamp(), goals_of(["reward"]), lambda env: None)


def test_an_audit_has_them_in_its_report(tmp_path):
    result = audit_policy(uniform(2), Lamp, shifts={"dark": dark}, levels=2, horizon=5)
    for wrong, says in (
        ({"discount": float("nan")}, "discount is nan"),
        ({"epsilon": 0.0}, "epsilon is"),
        ({"levels": 0}, "0 levels"),
        ({"shifts": {"train": Lamp}}, "called 'train'"),
    ):
        with pytest.raises(BadRequest, match=says):
            audit_policy(uniform(2), Lamp, **wrong)
    assert [film.distribution for film in result.record.films] == ["train"]
    assert result.record.unpictured.startswith("There are no pictures of dark: ")
    page = result.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count('src="data:image/png;base64,') == 6
    assert "cannot be rendered as <code>rgb_array</code>" in page


def seen_for(seen, horizon):
    return type(seen)(**{**vars(seen), "horizon": horizon})
