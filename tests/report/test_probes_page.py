"""The page on designed levels: what the record holds, escaped, from nothing outside."""

import re
from pathlib import Path

import pytest

from mesascope.records.policy import DesignedLevelRecord, PictureRecord, PlayedRecord
from mesascope.records.probes import NeededRecord, ProbeRecord
from mesascope.report.looks import looks_of
from mesascope.report.probes import render_probes, write_probes
from mesascope.store import BadRun
from tests.browser import open_page
from tests.report.sample_figures import HOSTILE, figure
from tests.report.test_page import Page

STEPS = [{"cheese": a, "corner": b, "none of these": 1.0 - a - b}
         for a, b in ((0.25, 0.5), (0.125, 0.75), (0.0625, 0.9))]  # fmt: skip


def level(purpose: str, cheese: int, **more: object) -> DesignedLevelRecord:
    row = ["#", "corner", "", "", "", "#"]
    row[cheese] += "cheese"
    row[4] = "mouse"
    return DesignedLevelRecord.model_validate(
        {"purpose": purpose, "information": 0.61, "random": 0.02, "regret": 0.73,
         "level": PictureRecord(cells=[["#"] * 6, row, ["#"] * 6]), "says": "It tells `much`."}
        | more
    )  # fmt: skip


def record(text: str = "") -> ProbeRecord:
    """Return a record; the text is put behind every name that is free."""
    ways = {f"cheese{text}": [(1, 4), (1, 3)], f"corner{text}": [(1, 4), (1, 3), (1, 2), (1, 1)]}
    return ProbeRecord(
        policy=f"policy.zip{text}", world=f"corner{text}",
        goals=[f"cheese{text}", f"corner{text}"], wrong=f"corner{text}",
        designed=[level("information", 2), level("information", 3),
                  level("regret", 3, ways=ways, says=f"It costs.{text}")],
        before={f"{name}{text}": 1 / 3 for name in STEPS[0]},
        after={f"{name}{text}": share for name, share in STEPS[-1].items()},
        sequence=[{f"{name}{text}": share for name, share in step.items()} for step in STEPS],
        needed=[NeededRecord(goal=f"cheese{text}", designed=figure(1.5, 0.2, 32),
                             random=figure(2.5, 0.2, 32), rare=figure(40.5, 9.0, 32), told=0.75)],
        tried=72, exact=True, stopped=False, says=f"It does as one for `corner` would.{text}",
        discount=0.9, rationality=30.0, seed=7, seconds=1.0, notes=[f"A bound.{text}"],
    )  # fmt: skip


def bare() -> ProbeRecord:
    """Return what is left of an interrupted search without a policy or pictures."""
    blind = [one.model_copy(update={"level": None, "parameters": {"mouse": 34}, "ways": {}})
             for one in record().designed]  # fmt: skip
    return record().model_copy(
        update={"policy": "", "after": None, "sequence": [], "needed": [], "stopped": True,
                "exact": False, "designed": blind, "notes": []}
    )  # fmt: skip


def test_what_was_found_is_on_the_page() -> None:
    page = Page(render_probes(record()))
    text = " ".join(page.text.split())
    for wanted in (
        "tell cheese and corner apart", "All levels that there are were scored",
        "It does as one for corner would.", "It tells much.", "It costs.", "A bound.",
        "after level 3", "0.125", "optimal for cheese", "1.500", "40.50", "75 %", "seed 7",
    ):  # fmt: skip
        assert wanted in text
    assert sum(a.get("class") == "maze" for _, a in page.elements) == 3
    ways = [a["points"] for tag, a in page.elements if tag == "polyline"]
    assert [len((points or "").split()) for points in ways] == [2, 4]


def test_what_has_a_name_looks_the_same_on_every_level() -> None:
    text = render_probes(record())
    shape = r'aria-hidden="true">(<g class="(?:thing|agent).*?</g>)</svg> (\w+)</li>'
    marks = re.findall(shape, text)
    assert {name for _, name in marks} == {"mouse", "cheese", "corner"}
    assert len(set(marks)) == 3 < len(marks)


def test_what_the_policy_did_is_drawn_and_told() -> None:
    did = PlayedRecord(episodes=4, path=[(1, 4), (1, 3)], returns={"cheese": 0.5, "corner": 0.25},
                       cost=0.375)  # fmt: skip
    designed = [one.model_copy(update={"played": did}) for one in record().designed]
    page = Page(render_probes(record().model_copy(update={"designed": designed})))
    went = [a["points"] for tag, a in page.elements if a.get("class") == "went" and tag != "path"]
    assert went == ["117,39 91,39"] * 3
    text = " ".join(page.text.split())
    said = "It returned 0.500 by cheese, 0.250 by corner, the mean of 4 episodes, and gave up 0.375"
    assert text.count(said) == text.count("the way that it took") == 3


def test_a_goal_and_what_it_is_about_share_colour_and_shape() -> None:
    looks = looks_of(["reward", "reach:goal", "keys"], ["green goal", "key", "wall of red", "rock"])
    goals, things = looks.goals, looks.things
    for goal, thing in (("reach:goal", "green goal"), ("keys", "key")):
        assert (goals[goal].colour, goals[goal].shape) == (
            things[thing].colour,
            things[thing].shape,
        )
    assert [goals[name].colour for name in goals] == ["base", "good", "third"]  # red is a wall
    assert [things[name].colour for name in ("wall of red", "rock")] == ["mesa", "soft"]
    assert len({(look.colour, look.shape) for look in things.values()}) == 4
    assert looks.within("keys, apart") == ("keys", "apart")
    assert looks.within("other, apart") == ("other, apart", "")
    many = looks_of([f"goal {i}" for i in range(9)]).goals.values()
    assert len({(look.colour, look.shape) for look in many}) == 9


def test_what_is_missing_is_said_to_be() -> None:
    text = " ".join(Page(render_probes(bare())).text.split())
    for wanted in (
        "no policy /", "72 levels were scored", "It was interrupted", "mouse 34",
        "not measured: no policy was played", "not measured: it was interrupted",
    ):  # fmt: skip
        assert wanted in text
    assert "optimal for cheese" not in text


@pytest.mark.parametrize("text", [HOSTILE, "", "</style>", "\ud800", "_" * 300])
def test_any_text_can_be_a_name(text: str) -> None:
    plain, spoiled = Page(render_probes(record())), Page(render_probes(record(text)))
    tags = [[tag for tag, _ in page.elements if tag != "code"] for page in (plain, spoiled)]
    for tag in ("script", "section", "figure", "polyline", "li", "img"):
        assert tags[0].count(tag) == tags[1].count(tag), tag


def test_writing_is_all_or_nothing(tmp_path: Path) -> None:
    path = write_probes(tmp_path / "page.html", bare())
    assert path.read_text(encoding="utf-8") == render_probes(bare())
    with pytest.raises(BadRun, match="is not there"):
        write_probes(tmp_path / "absent" / "page.html", bare())


@pytest.mark.browser
def test_it_is_quiet_and_not_too_wide(tmp_path: Path) -> None:
    with open_page(write_probes(tmp_path / "page.html", record())) as opened:
        for width in (380, 1280):
            opened.page.set_viewport_size({"width": width, "height": 900})
            assert opened.sideways() == 0
        assert opened.console_errors == opened.page_errors == opened.requests == []
