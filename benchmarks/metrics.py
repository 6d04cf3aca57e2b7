"""Which distance predicts regret, over random processes; and how long it takes to find out.

    python -m benchmarks.metrics            # 8,192 pairs: a table
    python -m benchmarks.metrics --wide     # many kinds of process: a table, a CSV and a figure

The processes and rewards are those of `RandomMdp`, which says how they are drawn.
"""

import csv
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import matplotlib as mpl
from matplotlib import pyplot

from mesascope.objectives.rewards.metric import every_norm_pair, metric
from mesascope.studies.metrics import Study, study_metrics
from mesascope.tasks.finite.random_mdp import RandomMdp

NAMES = ("none", "epic", "dard", "npec", "starc-valpotential", "starc-val", "starc-minimal")
IMAGES = Path("docs/images")
BASE = RandomMdp()
CONDITIONS = {
    "as in the paper on STARC": BASE,
    "few next states": replace(BASE, threshold=2.0),
    "all next states": replace(BASE, threshold=-9.0),
    "neighbours on a ring": replace(BASE, reach=1, threshold=0.0),
    "rewards of states": replace(BASE, kind="state"),
    "sparse rewards": replace(BASE, sparse=1.0),
    "no shaping": replace(BASE, reshaped=0.0),
    "always shaped": replace(BASE, reshaped=1.0),
    "discount .5": replace(BASE, discount=0.5),
    "discount .99": replace(BASE, discount=0.99),
    "episodes of 20 steps": replace(BASE, end=0.05),
    "episodes of 4 steps": replace(BASE, end=0.25),
    "8 states": replace(BASE, states=8),
    "16 actions": replace(BASE, actions=16),
}


def narrow() -> None:
    """Print the correlations over 8,192 pairs, L2 throughout, then the best pair of norms."""
    metrics = [metric(name) for name in NAMES]
    study_metrics(BASE, metrics, processes=1)  # compile
    started = perf_counter()
    found = study_metrics(BASE, metrics)
    took = perf_counter() - started
    print(
        f"{len(found.regret):,} pairs, S = {BASE.states}, A = {BASE.actions}, γ = {BASE.discount}"
    )
    print(f"{'metric':<24} correlation with regret, 95 % over processes")
    _print(found)
    print(f"{took:.2f} s once compiled")
    for base in ("starc-val", "starc-valpotential"):
        pairs = study_metrics(BASE, every_norm_pair(base))
        scores = {n: s.correlation.estimate for n, s in pairs.scores.items() if s.correlation}
        best = max(scores, key=scores.__getitem__)
        print(f"best norms of {base}: {best}, {scores[best]:.3f}")


def wide() -> None:
    """Write the correlations under every condition to a CSV, and draw them."""
    metrics = [metric(name) for name in NAMES]
    rows: dict[str, dict[str, tuple[float, float, float]]] = {}
    for name, mdp in CONDITIONS.items():
        found = study_metrics(mdp, metrics, processes=32)
        print(name)
        _print(found)
        rows[name] = {
            m: (s.correlation.estimate, s.correlation.low, s.correlation.high)
            for m, s in found.scores.items()
            if s.correlation is not None
        }
    with (IMAGES / "metrics.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["condition", "metric", "correlation", "low", "high"])
        for name, row in rows.items():
            for m, figures in row.items():
                writer.writerow([name, m, *(f"{x:.4f}" for x in figures)])
    _draw(rows)


def _print(found: Study) -> None:
    for name, score in found.scores.items():
        r = score.correlation
        text = "undefined" if r is None else f"{r.estimate:.3f} [{r.low:.3f}, {r.high:.3f}]"
        print(f"{name:<24} {text}")


def _draw(rows: dict[str, dict[str, tuple[float, float, float]]]) -> None:
    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "mesascope", "font.size": 9})
    figure, axes = pyplot.subplots(figsize=(8.2, 5.4), layout="constrained")
    table = [[row[m][0] if m in row else float("nan") for m in NAMES] for row in rows.values()]
    axes.imshow(table, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
    for i, row in enumerate(rows.values()):
        top = max(figures[0] for figures in row.values())
        for j, m in enumerate(NAMES):
            if m not in row:
                continue
            r, low, high = row[m]
            ink = "white" if r > 0.6 else "black"
            weight = "bold" if high >= top else "normal"
            axes.text(j, i - 0.14, f"{r:.2f}", ha="center", va="center", color=ink, weight=weight)
            span = f"{low:.2f} – {high:.2f}"
            axes.text(j, i + 0.24, span, ha="center", va="center", color=ink, size=6)
    axes.set_xticks(range(len(NAMES)), NAMES, rotation=20, ha="left")
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    dates = {"Date": None, "Creator": None}
    figure.savefig(IMAGES / "metrics.svg", metadata=dates)


if __name__ == "__main__":
    wide() if "--wide" in sys.argv[1:] else narrow()
