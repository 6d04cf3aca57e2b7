"""A table of numbers as a heat map."""

from markupsafe import Markup
from matplotlib.colors import Normalize

from mesascope.records.comparison import Table
from mesascope.report.format import printable
from mesascope.report.svg import COLOURS, drawing, new_drawing, to_markup

_CELL = 62.0  # pixels
_LONGEST = 14  # letters of a name


def heatmap(names: list[str], values: Table, top: float, prefix: str) -> Markup:
    """Return a heat map, rows on the left and columns on top; darker is more.

    Args:
        names: of the rows and the columns.
        values: by row, then column; a cell that is missing stays empty.
        top: the value that is darkest.
        prefix: of every name in the drawing, unique in the page.
    """
    size = len(names)
    labels = [_short(name) for name in names]
    with drawing():
        figure = new_drawing(120.0 + _CELL * size, 90.0 + 0.6 * _CELL * size)
        axes = figure.add_subplot()
        scale = Normalize(0.0, top or 1.0)
        for i, row in enumerate(names):
            for j, column in enumerate(names):
                value = values[row].get(column)
                if value is None:
                    continue
                share = float(scale(value))
                axes.fill(
                    [j, j + 1, j + 1, j],
                    [i, i, i + 1, i + 1],
                    color=COLOURS["base"],
                    alpha=0.85 * share,
                    linewidth=0,
                )
                ink = COLOURS["paper"] if share > 0.55 else COLOURS["ink"]
                text = f"{value + 0.0:.3f}"
                axes.text(j + 0.5, i + 0.5, text, ha="center", va="center", color=ink, size=10)
        axes.set_xlim(0, size)
        axes.set_ylim(size, 0)
        axes.set_xticks([j + 0.5 for j in range(size)], labels, rotation=30, ha="left")
        axes.set_yticks([i + 0.5 for i in range(size)], labels)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return to_markup(figure, prefix)


def _short(name: str) -> str:
    clean = printable(name)
    return clean if len(clean) <= _LONGEST else f"{clean[: _LONGEST - 1]}…"
