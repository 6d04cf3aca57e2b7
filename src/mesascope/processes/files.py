"""Reading a process and what belongs to it from a `.npz` file, without running what is in it."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mesascope.core.names import unknown_name
from mesascope.processes.errors import BadArray, BadFile
from mesascope.processes.process import Process
from mesascope.processes.reward import full

DISCOUNT = 0.99
_REWARD = "reward_"
_NAMES = (
    "transition", "discount", "coverage", "initial", "terminal", "policy", "trajectories",
    "features", "reward_NAME",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Bundle:
    """What a file holds.

    Attributes:
        process: from `transition`, `discount`, `initial` and `terminal`.
        rewards: each `reward_NAME`, by NAME, in the order of the file.
        coverage, policy, trajectories, features: None where the file has none; not yet checked
            against the process.
    """

    process: Process
    rewards: Mapping[str, np.ndarray] = field(default_factory=dict)
    coverage: np.ndarray | None = None
    policy: np.ndarray | None = None
    trajectories: np.ndarray | None = None
    features: np.ndarray | None = None


def read(path: Path, discount: float | None = None) -> Bundle:
    """Return what a `.npz` file holds.

    Args:
        path: a file as `numpy.savez` writes it. Pickled objects in it are never loaded.
        discount: γ; that of the file, or else .99, unless given.

    Raises:
        BadFile: there is no such file, it is empty, cut short, no `.npz`, or holds pickled objects.
        BadArray: an array is malformed.
        UnknownName: an array has a name that means nothing here.
    """
    arrays = _arrays(path)
    for name in arrays:
        if not name.startswith(_REWARD) and name not in _NAMES:
            raise unknown_name(f"meaning for the array {name!r} in {path.name}:", name, _NAMES)
    if "transition" not in arrays:
        raise BadFile(
            f"{path} holds {', '.join(arrays) or 'no arrays'}, and `transition`, of shape (S, A, "
            "S), is expected. Save it with numpy.savez(path, transition=..., reward_NAME=...)"
        )
    rewards = {name[len(_REWARD) :]: a for name, a in arrays.items() if name.startswith(_REWARD)}
    if "" in rewards:
        raise BadArray("reward_ has no name after it; call it reward_NAME", "reward_")
    rest = {name: arrays.get(name) for name in ("coverage", "policy", "trajectories", "features")}
    process = Process.of(
        arrays["transition"],
        _discount(arrays) if discount is None else discount,
        initial=arrays.get("initial"),
        terminal=arrays.get("terminal"),
    )
    for name, reward in rewards.items():
        full(process, reward, f"{_REWARD}{name}")  # an error names the array as the file does
    return Bundle(process, rewards, **rest)


def _discount(arrays: Mapping[str, np.ndarray]) -> float:
    given = arrays.get("discount", np.array(DISCOUNT))
    if given.size != 1 or given.dtype.kind not in "biuf":
        raise BadArray(
            f"discount has shape {given.shape} and dtype {given.dtype}; one number is expected",
            "discount",
        )
    return float(given.reshape(()))


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a file.

    Raises:
        BadFile: it cannot be read; the message says why.
    """
    say = f"{path} cannot be read as a .npz file: "
    mend = "Write it with numpy.savez or numpy.savez_compressed"
    try:
        if not path.is_file():
            kind = "it is a directory" if path.is_dir() else "there is no such file"
            raise BadFile(f"{say}{kind}")
        if path.stat().st_size == 0:
            raise BadFile(f"{say}it is empty. {mend}")
        with path.open("rb") as file:
            if not file.read(6).startswith((b"PK", b"\x93NUMPY")):
                raise BadFile(f"{say}it is no archive of arrays. {mend}")
            file.seek(0)
            loaded: Any = np.load(file, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                raise BadFile(f"{say}it holds one array without a name. {mend}")
            with loaded:
                return {name: loaded[name] for name in loaded.files}
    except BadFile:
        raise
    except ValueError as error:
        if "pickle" not in str(error):
            raise BadFile(f"{say}{error}. {mend}") from None
        raise BadFile(
            f"{say}it holds pickled objects, which could run code when they are loaded, so they "
            f"are not. {mend}, of arrays of numbers"
        ) from None
    except (
        OSError,
        EOFError,
        KeyError,
        zipfile.BadZipFile,
        RuntimeError,  # how zipfile says that it is encrypted, or of a compression Python lacks
    ) as error:
        raise BadFile(f"{say}{str(error) or type(error).__name__}. {mend}") from None
    except (MemoryError, OverflowError):
        raise BadFile(f"{say}an array in it does not fit into memory") from None
