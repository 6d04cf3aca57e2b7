"""Figures, counts and names as a reader would see them in print."""

import json
import re
import unicodedata
from itertools import accumulate
from typing import Any

from markupsafe import Markup, escape

from mesascope.records.figures import Figure

TINY = 0.001
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MINUS = str.maketrans("-", "−")
# Controls, surrogates, and marks that reorder text: they could break a page or disguise a name.
UNPRINTABLE = {"Cc", "Cs", "Cn"}
REORDERING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def printable(text: str) -> str:
    """Return `text` with what cannot be printed spelled out by its code point."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char
        if char in "\n\t"
        or (unicodedata.category(char) not in UNPRINTABLE and ord(char) not in REORDERING)
        else f"\\u{ord(char):04x}"
        for char in text
    )


def number(value: float) -> str:
    """Return a number to about three decimals; one that is not whole never looks whole."""
    if value == 0:
        return "0"
    size = abs(value)
    if size < 0.001 or size >= 1e7:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPT)}".replace("-", "−")
    if size >= 1000:
        return f"{value:,.0f}".translate(MINUS)
    decimals = 3 if size < 10 else 2 if size < 100 else 1
    while decimals < 6 and value != round(value) and round(value, decimals) == round(value):
        decimals += 1
    if round(value, decimals) == round(value):
        decimals = 3 if size < 10 else 2 if size < 100 else 1
    return f"{value:.{decimals}f}".translate(MINUS)


def brief(value: float) -> str:
    """Return a number to about three decimals; of one that is tiny, only that it is."""
    if not 0 < abs(value) < TINY:
        return number(value)
    return "< 0.001" if value > 0 else "> −0.001"


def short(value: float) -> str:
    """Return a number without zeros at its end, as on an axis."""
    text = number(value)
    if "×" in text:
        return text.replace(".0×", "×").replace("−1×", "−").removeprefix("1×")
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(value: int) -> str:
    """Return a whole number with its thousands marked."""
    return f"{value:,}".translate(MINUS)


def seconds(value: float) -> str:
    """Return a duration."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 120:
        return f"{value:.1f} s"
    return f"{int(value) // 60} min {int(value) % 60} s"


def interval(figure: Figure) -> str:
    """Return the interval of a figure, or say that there is none."""
    if figure.samples == 0 and figure.low == figure.high:
        return "exact"
    ends = (_outwards(figure.low, -1), _outwards(figure.high, 1))
    return f"[{number(ends[0])}, {number(ends[1])}]"


def _outwards(end: float, side: int) -> float:
    """Return the end of an interval; a tiny one rounded to 0 or to 0.001, to the outside."""
    if not 0 < abs(end) < TINY:
        return end
    return side * TINY if end * side > 0 else 0.0


def basis(figure: Figure) -> str:
    """Return what an interval rests on: its confidence and its samples."""
    if figure.samples == 0:
        return sample(figure)
    if not 0 < figure.confidence < 1:
        return sample(figure)
    return f"{short(figure.confidence * 100)} %, {sample(figure)}"


def sample(figure: Figure) -> str:
    """Return how many samples a figure rests on."""
    if figure.samples == 0:
        return "" if figure.low == figure.high else "not sampled"
    return f"n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{count(figure.samples)}"


def in_words(figure: Figure) -> str:
    """Return a figure in one line."""
    rest = basis(figure)
    return f"{brief(figure.estimate)} {interval(figure)}" + (f" ({rest})" if rest else "")


def plain(value: Any) -> str:
    """Return plain data in one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return count(value) if abs(value) >= 10_000 else str(value).translate(MINUS)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return ", ".join(map(plain, value)) or "none"
    return json.dumps(value, ensure_ascii=False)


def items(value: Any) -> list[tuple[str, str]]:
    """Return plain data as pairs of a name and a text; nested names are joined by dots."""
    if not isinstance(value, dict):
        return [] if value in (None, "", [], ()) else [("", plain(value))]
    pairs: list[tuple[str, str]] = []
    for key, child in value.items():
        if isinstance(child, dict) and child:
            pairs += [(f"{key}.{name}" if name else key, text) for name, text in items(child)]
        else:
            pairs.append((key, "none" if child == {} else plain(child)))
    return pairs


def prose(text: str) -> Markup:
    """Return a sentence, escaped, with what it puts between backticks set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(printable(text)))))


def shortened(text: str, length: int) -> str:
    """Return `text` in one printable line of at most `length` characters; wide ones count twice."""
    line = " ".join(printable(text).split())
    widths = [2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line]
    if sum(widths) <= length:
        return line
    kept = sum(total < length for total in accumulate(widths))
    return line[:kept].rstrip() + "…"
