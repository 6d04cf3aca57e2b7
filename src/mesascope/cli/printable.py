"""Text that is safe to print: names and messages of others may hold commands to the terminal."""

from typing import Any, TypeVar

from pydantic import BaseModel
from rich.text import Text

M = TypeVar("M", bound=BaseModel)
_LONGEST = 20  # letters of a name in a table
_CONTROLS = (*range(9), 11, 12, *range(14, 32), *range(127, 160))
_SPELLED_OUT = {code: f"\\x{code:02x}" for code in (13, *_CONTROLS)}


def printable(text: str) -> str:
    """Return a text with its control characters spelled out; line ends and tabs stay."""
    return text.translate(_SPELLED_OUT)


def named(text: str, longest: int = _LONGEST) -> Text:
    """Return a name for a table: on one line, of bounded length, and no markup."""
    line = printable(text).replace("\n", "\\n").replace("\t", "\\t")
    return Text(line if len(line) <= longest else f"{line[: longest - 1]}…")


def printable_record(record: M) -> M:
    """Return a record all of whose texts are printable."""
    return type(record).model_validate(_walk(record.model_dump()))


def _walk(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {_walk(key): _walk(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(item) for item in value]
    return value
