"""Made-up records of runs for tests of the report. No figure here was measured."""

import itertools
from collections.abc import Callable
from typing import Any

from mesascope.records.figures import Curve
from mesascope.records.run import (
    ConfigRecord,
    DiscoveryRecord,
    EnvironmentRecord,
    RunRecord,
    SearchRecord,
)
from tests.report.sample_audit import audit
from tests.report.sample_figures import HOSTILE


def search() -> SearchRecord:
    found: list[tuple[int, float, float, str, int, str]] = [
        (1, -0.21, -0.209, "1", 1, "reflex"),
        (4, 0.11, 0.112, "corner", 1, "reflex"),
        (9, 0.38, 0.382, "neg(threat)", 2, "reflex"),
        (61, 0.55, 0.553, "sub(lost, threat)", 3, "reflex"),
        (402, 0.71, 0.714, "sub(lost, max(lost))", 4, "look-ahead"),
        (655, 0.84, 0.843, "sub(lost, mean(lost))", 4, "look-ahead"),
        (811, 0.8686, 0.8726, "sub(lost, max(self))", 4, "search"),
        (1290, 0.9239, 0.9279, "sub(lost, mean(self))", 4, "search"),
    ]
    return SearchRecord(
        optimizer="enumeration, shortest first, up to 5 nodes, keeping the members of each class",
        base_objective="mean result against a random opponent − 0.001·size",
        evaluations=13860,
        budget=20000,
        seconds=3.91,
        discoveries=[
            DiscoveryRecord(evaluations=e, value=v, behaviour=b, source=s, size=n, kind=k)
            for e, v, b, s, n, k in found
        ],
        winner="sub(lost, mean(self))",
        unidentifiable=["sub(lost, mean(self))", "sub(line, mean(self))",
                        "sub(neg(won), mean(self))"],
        curves=[
            Curve(
                title="The winner, by the charge on run time",
                x_label="charge per evaluation",
                y_label="value",
                x_log=True,
                series={
                    "best reflex": [(1e-7, 0.55), (1e-6, 0.55), (1e-5, 0.549), (1e-4, 0.54)],
                    "best search": [(1e-7, 0.59), (1e-6, 0.57), (1e-5, 0.41), (1e-4, 0.1)],
                },
                marks={"crossing": 2.2e-6},
            )
        ],
        notes=["3,393 distinct policies among 13,860 programs."],
    )  # fmt: skip


def record(audits: int = 1) -> RunRecord:
    made = [audit("the winner", "sub(lost, mean(self))", robust=False)]
    if audits > 1:
        made.append(audit("its twin", "sub(neg(won), mean(self))", robust=True))
    made += [audit(f"another {i}", "corner", robust=bool(i % 2)) for i in range(2, audits)]
    return RunRecord(
        title="Tic-tac-toe, selected against a random opponent",
        story="Programs of at most five nodes were scored by their games against a player that "
        "moves at random.",
        config=ConfigRecord(
            command="mesascope run tictactoe --preset random-opponent --seed 3",
            organism="tictactoe",
            preset="random-opponent",
            seed=3,
            given={"preset": "random-opponent", "seed": 3},
            defaulted={
                "budget": 20000,
                "epsilon": 0.05,
                "grammar": {"leaves": ["lost", "full", "centre", "corner"], "nodes": 5},
            },
        ),
        environment=EnvironmentRecord(
            python="3.11.7",
            versions={"mesascope": "0.1.0", "numpy": "2.4.6", "numba": "0.68.1"},
            git_revision=None,
            platform="Linux-6.1 x86_64, 2 cores",
        ),
        search=search(),
        audits=made,
        next_commands=[
            "mesascope score 'sub(lost, mean(self))' --opponent perfect",
            "mesascope audit 'sub(lost, max(self))' --task tictactoe",
        ],
        seconds=14.2,
    )


def bare() -> RunRecord:
    """Return a record in which nearly everything is missing."""
    whole = record()
    first = whole.audits[0]
    empty = first.model_copy(
        update={
            "mesa_model": None, "behavioural_fit": None, "residual": [], "comparisons": [],
            "worst_shift": None, "lift": None, "replays": [], "evidence": [], "notes": [],
            "ledger": [],
            "lines": [
                line.model_copy(
                    update={"score": None, "threshold": None, "answer": "undetermined",
                            "more_samples": None, "false_positives": None}
                )
                for line in first.lines
            ],
        }
    )  # fmt: skip
    return whole.model_copy(update={"search": None, "audits": [empty], "next_commands": []})


LITERAL = {"kind", "answer", "status", "standing", "schema_version"}


def hostile(*texts: str, whole: RunRecord | None = None) -> RunRecord:
    """Return a record in which every text that is free stands between two of `texts`, in turn."""
    turn = itertools.cycle(texts or [HOSTILE])

    def spoil(value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            return value if key in LITERAL else f"{next(turn)}{value}{next(turn)}"
        if isinstance(value, list):
            return [spoil(item) for item in value]
        if isinstance(value, dict):
            free = key in ("series", "marks", "values", "versions", "given", "defaulted", "details")
            return {spoil(k) if free else k: spoil(v, k) for k, v in value.items()}
        return value

    return RunRecord.model_validate(spoil((whole or record(2)).model_dump(mode="json")))


Maker = Callable[[], RunRecord]
VARIANTS: dict[str, Maker] = {
    "one": record,
    "pair": lambda: record(2),
    "bare": bare,
    "hostile": hostile,
    "none": lambda: record().model_copy(update={"audits": []}),
}
