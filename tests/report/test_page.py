"""The page holds what the record holds, escapes all of it, and asks for nothing from outside."""

import base64
import hashlib
import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import pytest

from mesascope.records.run import RunRecord
from mesascope.report import render, write
from mesascope.store import BadRun
from tests.report.sample import LITERAL, VARIANTS, bare, hostile, record
from tests.report.sample_figures import HOSTILE

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Collects elements and visible text, and checks that tags close in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.blocks: dict[str, list[str]] = {"style": [], "script": []}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {tag}"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.blocks:
            self.blocks[self.open[-1]].append(data)
        else:
            self.text += data


@cache
def rendered(name: str) -> str:
    return render(VARIANTS[name]())


@pytest.fixture(params=VARIANTS, scope="module")
def made(request: pytest.FixtureRequest) -> tuple[RunRecord, str, Page]:
    run = VARIANTS[request.param]()
    text = rendered(request.param)
    return run, text, Page(text)


def test_the_same_record_gives_the_same_page_in_another_process(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from mesascope.records.run import RunRecord;"
        "from mesascope.report import write;"
        "write(RunRecord.model_validate_json(sys.stdin.read()), Path(sys.argv[1]))"
    )
    run = record(1)
    subprocess.run(
        [sys.executable, "-c", script, tmp_path / "page.html"],
        input=run.model_dump_json().encode(),
        check=True,
        env={"PYTHONHASHSEED": "7", "MPLCONFIGDIR": mpl.get_configdir()},
    )
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == rendered("one")


def test_nothing_is_fetched(made: tuple[RunRecord, str, Page]) -> None:
    _, text, page = made
    for tag, attributes in page.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "image"}
        for name, value in attributes.items():
            assert not name.startswith("on"), f"{name} on {tag}"
            if name in {"href", "src", "xlink:href", "action", "srcset", "data"}:
                assert value is not None
                assert value.startswith("#")
            assert name != "style"
            assert not re.search(r"url\((?!#)", value or "")
    style = "".join(page.blocks["style"])
    assert "url(" not in style
    assert "@import" not in style
    # What looks like an address is text of the record, such as a reference on a card.
    outside = re.sub(r"<(dd|code|td|th|p|h\d|li|span|small|title)\b[^<]*", "", text)
    assert "://" not in "".join(re.findall(r"<[^>]*>", outside))


def test_ids_are_unique_and_what_is_referred_to_is_there(
    made: tuple[RunRecord, str, Page],
) -> None:
    _, _, page = made
    names = [a["id"] for _, a in page.elements if a.get("id")]
    assert len(set(names)) == len(names)
    for _, attributes in page.elements:
        for value in attributes.values():
            for name in re.findall(r"url\(#([^)]+)\)", value or ""):
                assert name in names
        if (attributes.get("href") or "").startswith("#"):
            assert (attributes["href"] or "")[1:] in names


def test_the_policy_allows_our_own_blocks_and_nothing_else(
    made: tuple[RunRecord, str, Page],
) -> None:
    _, _, page = made
    (policy,) = [
        a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind, blocks in page.blocks.items():
        (block,) = blocks
        digest = base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_hostile_names_stay_text() -> None:
    page = Page(rendered("hostile"))
    assert sum(tag == "script" for tag, _ in page.elements) == 1
    shown = HOSTILE.replace("\u202e", "\\u202e").replace("\x00", "\\u0000")
    assert page.text.count(shown.strip()) > 200
    assert "\u202e" not in page.text
    assert "49" not in re.findall(r"\{\{(.*?)\}\}", page.text)
    assert "$\\frac{1}{$" in page.text


NASTY = ["$", "$x^{$", "\\", "%s {0}", "&lt;&amp;", "<!--", "]]>", "</svg></style></script>",
         "\ud800", "\x1b[31m", "", " ", "é" * 400, "_" * 300, "漢字" * 90]  # fmt: skip


@pytest.mark.parametrize("first", range(0, len(NASTY), 5))
def test_any_text_can_be_a_name(first: int) -> None:
    texts = NASTY[first:] + NASTY[:first]
    page = Page(render(hostile(*texts, whole=record())))
    assert sum(tag == "script" for tag, _ in page.elements) == 1
    assert "�" not in page.text


def test_empty_texts_leave_the_page_whole() -> None:
    def emptied(value: object, key: str = "") -> object:
        if isinstance(value, str):
            return value if key in LITERAL else ""
        if isinstance(value, list):
            return [emptied(v) for v in value]
        return {k: emptied(v, k) for k, v in value.items()} if isinstance(value, dict) else value

    run = RunRecord.model_validate(emptied(record().model_dump(mode="json")))
    assert Page(render(run)).elements


def test_everything_in_the_record_is_on_the_page() -> None:
    run = record(2)
    text = " ".join(Page(rendered("pair")).text.split())

    def texts(value: object, key: str = "") -> list[str]:
        if isinstance(value, str):
            return [] if key in {"schema_version", "kind"} else [value]
        if isinstance(value, dict):
            return [t for k, v in value.items() for t in texts(v, k)]
        if isinstance(value, list):
            return [t for v in value for t in texts(v, key)]
        return []

    for audit in run.audits:
        for wanted in texts(audit.model_dump(mode="json")):
            if wanted not in {line.key for line in audit.lines}:
                assert " ".join(wanted.replace("`", "").split()) in text
    assert run.search is not None
    for wanted in texts(run.search.model_dump(mode="json")) + run.next_commands:
        assert wanted in text
    assert "outer alignment" in text
    assert "About 1,800 more samples would settle it." in text


def test_what_is_missing_is_said_to_be() -> None:
    page = Page(rendered("bare"))
    text = " ".join(page.text.split())
    for missing in (
        "not measured: the record holds no ledger",
        "not measured: no detector reported",
        "not measured: the record holds no mesa-model",
        "not measured: the record holds no comparison",
        "not measured: no search for the worst shift was recorded",
        "not measured: no lift was recorded",
        "not measured: the record holds no witness",
        "There was no search: the system was given.",
        "not recorded",
    ):
        assert missing in text
    assert text.count("How many more samples would settle it, if any, is not known.") == 8
    none = " ".join(Page(rendered("none")).text.split())
    assert "No verdict: not measured: the run holds no audit" in none


def test_differing_lines_are_marked() -> None:
    assert rendered("pair").count("they differ") == 5
    assert "they differ" not in rendered("one")
    same = record(2)
    same = same.model_copy(update={"audits": [same.audits[0], same.audits[0]]})
    assert "they differ" not in render(same)


def test_colours_have_contrast_in_both_schemes() -> None:
    style = "".join(Page(rendered("bare")).blocks["style"])
    light, dark = (
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    )

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for scheme in (light, dark):
        for ground in ("paper", "wash"):
            for name in ("ink", "soft", "base", "mesa", "third", "fourth", "good"):
                pair = sorted((luminance(scheme[name]), luminance(scheme[ground])))
                assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, (name, ground)


def test_writing_is_all_or_nothing(tmp_path: Path) -> None:
    path = write(bare(), tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == rendered("bare")
    with pytest.raises(BadRun, match="is not there"):
        write(bare(), tmp_path / "absent" / "report.html")
    with pytest.raises(BadRun, match="it is a directory"):
        write(bare(), tmp_path)
