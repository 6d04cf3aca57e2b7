"""The page on a policy: all of the record, escaped, from nothing outside."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import pytest
from pydantic import ValidationError

from mesascope.records.policy import FilmRecord, PictureRecord
from mesascope.report.cells import CELL
from mesascope.report.looks import looks_of
from mesascope.report.maze import value_map
from mesascope.report.policies import render_audited, write_audited
from mesascope.report.policy import looks_on, render_policy
from mesascope.report.policy_plots import _posterior
from mesascope.report.stills import stills
from mesascope.report.svg import drawing, new_drawing
from mesascope.store import BadRun
from tests.report.policy_sample import designed, policy_record, turned
from tests.report.policy_variants import VARIANTS, bare, films, hostile, policies
from tests.report.sample_figures import HOSTILE
from tests.report.test_page import Page


@cache
def rendered(name: str) -> str:
    return render_audited(VARIANTS[name]())


@pytest.fixture(params=VARIANTS, scope="module")
def page(request: pytest.FixtureRequest) -> Page:
    return Page(rendered(request.param))


def test_nothing_is_fetched_and_names_are_there(page: Page) -> None:
    names = [a["id"] for _, a in page.elements if a.get("id")]
    assert len(set(names)) == len(names)
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "object", "embed", "base", "form", "image"}
        for name, value in attributes.items():
            assert not name.startswith("on"), f"{name} on {tag}"
            assert name != "style"
            if tag == "img" and name == "src":
                assert re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/=]+", value or "")
            elif name in {"href", "src", "xlink:href", "action", "srcset", "data"}:
                assert (value or "").startswith("#")
                assert (value or "")[1:] in names
            for target in re.findall(r"url\(([^)]+)\)", value or ""):
                assert target[1:] in names


def test_the_policy_allows_our_own_blocks_and_nothing_else(page: Page) -> None:
    (policy,) = [
        a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert ("img-src data:; " in policy) == any(tag == "img" for tag, _ in page.elements)
    for kind, blocks in page.blocks.items():
        hashes = " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(b.encode()).digest()).decode()}'"
            for b in blocks
        )
        assert f"{kind}-src {hashes};" in policy


def test_hostile_texts_stay_text() -> None:
    whole, spoiled = Page(rendered("whole")), Page(rendered("hostile"))
    tags = [[tag for tag, _ in page.elements if tag != "code"] for page in (whole, spoiled)]
    assert tags[0].count("script") == tags[1].count("script") == 1
    for tag in ("section", "article", "table", "figure", "rect", "polyline", "li"):
        assert tags[0].count(tag) == tags[1].count(tag), tag
    shown = HOSTILE.replace("\u202e", "\\u202e").replace("\x00", "\\u0000")
    assert spoiled.text.count(shown.strip()) > 60
    assert "\u202e" not in rendered("hostile")
    assert "\x00" not in rendered("hostile")


@pytest.mark.parametrize(
    "text", ["", "$x^{$", "</svg></style></script>", "\ud800", "_" * 300, "漢字" * 90]
)
def test_any_text_can_be_a_name(text: str) -> None:
    page = Page(render_policy(hostile(text)))
    assert sum(tag == "script" for tag, _ in page.elements) == 1


def test_what_was_found_is_on_the_page() -> None:
    record = policy_record()
    text = " ".join(Page(rendered("whole")).text.split())
    assert record.training is not None
    for wanted in [
        record.title, record.story, record.headline, record.provenance, record.world,
        record.training.optimizer, *record.goals, *record.notes, *record.next_commands,
        *[line.sentence for line in record.lines], *[line.statement for line in record.ledger],
        *[where.sentence for where in record.distributions],
        *[episode.title for episode in record.episodes],
        *[level.says for level in record.designed], record.config.command,
        "0.670 nats", "0.210 on a random level", "costs 0.970", "cheese 25",
    ]:  # fmt: skip
        assert wanted.replace("`", "") in text
    label = next(a["aria-label"] for _, a in Page(rendered("whole")).elements
                 if (a.get("aria-label") or "").startswith("Posterior"))  # fmt: skip
    assert label is not None
    for where in record.distributions:
        for goal in where.goals:
            assert f"{goal.name} {goal.posterior:g}" in label


def test_what_holds_of_several_is_on_their_page() -> None:
    record = policies()
    text = " ".join(Page(rendered("several")).text.split())
    assert record.training is not None
    for wanted in [
        record.title, record.story, record.headline, record.training.optimizer, *record.goals,
        *record.next_commands, *[one.question for one in record.answers],
        *[one.policy for one in record.policies], *[one.headline for one in record.policies],
        *[line.statement for line in record.ledger], record.policies[0].episodes[1].title,
        "2 yes, 1 no", "2 no, 1 yes", "0.667 [0.208, 0.939]", "Means over policies",
    ]:  # fmt: skip
        assert wanted.replace("`", "") in text, wanted
    bare = " ".join(Page(rendered("several bare")).text.split())
    assert "Cut short at policy 4 of 5: it raised." in bare
    assert "so none is replayed" in bare
    assert "How they were trained" not in bare


def test_what_is_missing_is_said_to_be() -> None:
    text = " ".join(Page(rendered("bare")).text.split())
    assert "c How that looked d What it rests on e How it was made" in text  # no gap in letters
    assert "How it was trained" not in text
    assert "Designed levels" not in text
    assert text.count("not measured") > 6
    assert "not measured: the record holds no ledger" in text
    assert "so none is replayed" in text


def test_bars_begin_where_the_last_one_ended() -> None:
    record = policy_record()
    first, second = record.distributions
    fewer = second.model_copy(update={"goals": second.goals[1:2]})
    with drawing():
        axes = new_drawing(500, 200).add_subplot()
        _posterior([first, fewer], looks_on([record]), axes, False)
    for row, where in enumerate((first, fewer)):
        bars = [container[row] for container in axes.containers]
        shown = [bar for bar in bars if bar.get_width()]
        ends = [0.0, *(bar.get_x() + bar.get_width() for bar in shown)]
        assert [bar.get_x() for bar in shown] == pytest.approx(ends[:-1])
        total = sum(goal.posterior for goal in where.goals) + where.none + where.reflex
        assert ends[-1] == pytest.approx(total)


def test_values_are_darkest_where_they_are_highest() -> None:
    level = policy_record().episodes[1].level
    for goal, place in (("cheese", (2, 7)), ("corner", (1, 1))):
        squares = {
            (int(y) // CELL, int(x) // CELL): float(opacity)
            for x, y, opacity in re.findall(
                r'class="worth" x="(\d+)" y="(\d+)" [^>]*opacity="([\d.]+)"', value_map(level, goal)
            )
        }
        assert max(squares, key=lambda cell: squares[cell]) == place
        free = {(i, j) for i, row in enumerate(level.cells) for j, t in enumerate(row) if t != "#"}
        assert set(squares) == free


def test_writing_is_all_or_nothing(tmp_path: Path) -> None:
    path = write_audited(tmp_path / "report.html", bare())
    assert path.read_text(encoding="utf-8") == rendered("bare")
    with pytest.raises(BadRun, match="is not there"):
        write_audited(tmp_path / "absent" / "report.html", bare())


def test_films_are_shown_with_their_steps_and_what_is_not_shown_is_said() -> None:
    page = Page(rendered("films"))
    steps = [a["alt"] for tag, a in page.elements if tag == "img"]
    assert steps == [f"step {step} of 20" for step in (0, 10, 20)] * 2
    text = " ".join(page.text.split())
    assert "There are no pictures of near: the environment's render raised." in text
    assert "so none is replayed" not in text
    assert "As the environment renders it; 3 of 21 frames." in text
    with pytest.raises(ValidationError, match="pattern"):
        FilmRecord.model_validate(films().films[0].model_dump() | {"frames": ['"><script>']})


def test_an_agent_that_faces_somewhere_is_turned() -> None:
    (drawn,) = (a for _, a in Page(rendered("films")).elements if a.get("data-steps"))
    steps = [tuple(map(int, step.split(","))) for step in (drawn["data-steps"] or "").split()]
    assert [way for _, _, way in steps] == turned(policy_record().episodes[1].path)
    (agent,) = (a for _, a in Page(rendered("films")).elements if "data-agent" in a)
    x, y, way = steps[-1]
    assert agent["transform"] == f"translate({x} {y}) rotate({way})"


def test_names_of_colours_are_drawn_in_them() -> None:
    cells = [["red ball", "lava", "locked green door", "a mouse"]]
    level = designed()[0].model_copy(update={"level": PictureRecord(cells=cells)})
    (still,) = stills([level], looks_of([], cells[0]))
    colours = [re.findall(r"of-(\w+)", str(thing.mark))[0] for thing in still.things]
    assert colours[:3] == ["mesa", "mesa", "good"]


def test_the_key_shows_each_way_as_it_is_drawn() -> None:
    whole = policy_record()
    (first, *_) = whole.episodes
    (skipped, *others) = first.others
    shown = first.model_copy(update={"others": {**first.others, skipped: [first.path[0]]}})
    page = Page(render_policy(whole.model_copy(update={"episodes": [shown]})))
    drawn, keyed = (
        [a["class"] for t, a in page.elements if t == tag and "way " in (a.get("class") or "")]
        for tag in ("polyline", "path")
    )
    assert drawn == keyed
    assert len(set(drawn)) == len(others) == 2
