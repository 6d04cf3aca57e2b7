"""A Matplotlib figure as inline SVG that follows the page: its fonts, its colours, its policy.

Style attributes become presentation attributes, since the page's content policy forbids them;
colours become classes, so that they change with the reader's colour scheme; names are unique
in the page; and neither addresses nor dates remain.
"""

import re
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Drawing

# What a plot may be drawn in; style.css gives each name its colour in light and in dark.
COLOURS = {
    "ink": "#1d1c1a",
    "soft": "#5f5b53",
    "rule": "#d8d3c8",
    "paper": "#fcfbf8",
    "base": "#1f4f82",
    "mesa": "#a63d1c",
    "third": "#7a5c00",
    "fourth": "#5b3f8c",
    "good": "#2c6a3f",
}
NAMES = {colour: name for name, colour in COLOURS.items()}
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "mesascope",
    "text.parse_math": False,
    "text.usetex": False,
    "path.simplify": True,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11.0,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "axes.edgecolor": COLOURS["soft"],
    "axes.labelcolor": COLOURS["soft"],
    "text.color": COLOURS["ink"],
    "xtick.color": COLOURS["soft"],
    "ytick.color": COLOURS["soft"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}
KEPT = {
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity",
    "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "opacity",
    "text-anchor", "clip-path", "clip-rule",
}  # fmt: skip
NO_DATES = {"Date": None, "Creator": None, "Format": None, "Type": None}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with the report's settings, whatever the caller's are."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        # A name may hold signs that the measuring font lacks; the reader's fonts will show it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        # Names may be too long for the plot even when shortened; the table holds the figures.
        warnings.filterwarnings("ignore", message="constrained_layout not applied")
        yield


def new_drawing(width: float, height: float) -> Drawing:
    """Return an empty figure of `width` by `height` CSS pixels."""
    return Drawing(figsize=(width / 72, height / 72), layout="constrained")


def to_markup(figure: Drawing, prefix: str) -> Markup:
    """Return a figure as inline SVG; every name in it begins with `prefix`."""
    buffer = BytesIO()
    # Not print_figure: it draws everything once more to lay it out, which drawing does anyway.
    canvas: Any = FigureCanvasSVG(figure)  # Matplotlib types no backend
    canvas.print_svg(buffer, metadata=NO_DATES)
    root = ET.fromstring(buffer.getvalue())
    _tidy(root)
    _rename(root, prefix)
    x, y, width, height = root.attrib["viewBox"].split()
    root.attrib = {
        "viewBox": f"{x} {y} {width} {height}",
        "width": width,
        "height": height,
        "class": "plot",
        "aria-hidden": "true",
        "focusable": "false",
    }
    return Markup(ET.tostring(root, encoding="unicode"))


def _tidy(element: ET.Element) -> None:
    """Drop namespaces, metadata and style elements, and turn styles into attributes."""
    element.tag = element.tag.rpartition("}")[2]
    plain = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    style = plain.pop("style", "")
    for part in style.split(";"):
        name, _, value = (text.strip() for text in part.partition(":"))
        if name in KEPT:
            plain[name] = value
        elif name == "font":
            size = re.search(r"([\d.]+)px", value)
            if size:
                plain["font-size"] = size[1]
            if re.search(r"\b(bold|[6-9]00)\b", value):
                plain["font-weight"] = "600"
        elif name == "font-size":
            plain["font-size"] = value.removesuffix("px")
    classes = [
        f"{paint}-{NAMES[plain[paint].lower()]}"
        for paint in ("fill", "stroke")
        if plain.get(paint, "").lower() in NAMES
    ]
    if classes:
        plain["class"] = " ".join(classes)
    element.attrib = plain
    for child in list(element):
        if child.tag.rpartition("}")[2] in ("metadata", "style"):
            element.remove(child)
        else:
            _tidy(child)


def _rename(root: ET.Element, prefix: str) -> None:
    """Keep only names that something refers to, and number them behind `prefix`."""
    reference = re.compile(r"#([\w.-]+)")
    used = {
        name
        for element in root.iter()
        for key, value in element.attrib.items()
        if key in ("href", "clip-path")
        for name in reference.findall(value)
    }
    renamed: dict[str, str] = {}
    for element in root.iter():
        old = element.attrib.pop("id", None)
        if old in used and old is not None:
            renamed[old] = f"{prefix}-{len(renamed) + 1}"
            element.attrib["id"] = renamed[old]
    for element in root.iter():
        for key in ("href", "clip-path"):
            if key in element.attrib:
                element.attrib[key] = reference.sub(
                    lambda match: f"#{renamed[match[1]]}", element.attrib[key]
                )
