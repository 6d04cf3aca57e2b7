"""The zip files of Stable-Baselines3, read without running what is pickled in them.

Such a file holds `data`, which is JSON, and `policy.pth`, a torch file of weights. Beside whatever
JSON cannot say, `data` has a pickle, under `:serialized:`, and a readable account of it; only
the account is read. Weights are loaded by torch with `weights_only=True`, which holds what it
promises since torch 2.6.
"""

import io
import json
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mesascope.core.errors import CannotLoad
from mesascope.systems.policies.extras import need

_LARGEST = 1 << 30  # bytes of a member
_SAFE = (2, 6)  # the first torch whose weights_only=True runs nothing: CVE-2025-32434
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    RuntimeError,  # how zipfile says that it is encrypted, or of a compression Python lacks
    ValueError,
    KeyError,
)


@dataclass(frozen=True)
class Archive:
    """What is in a zip.

    Attributes:
        path: of the file.
        data: the settings, as far as they are plain JSON.
        weights: the arrays of the policy, by name.
    """

    path: Path
    data: dict[str, Any]
    weights: dict[str, np.ndarray]


def read_archive(path: Path) -> Archive:
    """Return what is in a zip of Stable-Baselines3.

    Raises:
        CannotLoad: it is damaged, is something else, or its weights are more than weights; or the
            torch that is installed cannot tell.
        MissingExtra: torch is not installed.
    """
    data, weights = _members(path)
    try:
        settings = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CannotLoad(
            f"`data` in {path} is no JSON ({error}); save the model again with model.save"
        ) from error
    if not isinstance(settings, dict):
        raise CannotLoad(f"`data` in {path} is no JSON object; save the model with model.save")
    return Archive(path, settings, _weights(path, weights))


def _members(path: Path) -> tuple[bytes, bytes]:
    try:
        with zipfile.ZipFile(path) as file:
            missing = {"data", "policy.pth"} - set(file.namelist())
            if missing:
                raise CannotLoad(
                    f"{path} is a zip without {' and '.join(sorted(missing))}, so no model of "
                    "Stable-Baselines3, or one cut short; give the file that model.save wrote"
                )
            for name in ("data", "policy.pth"):
                if file.getinfo(name).file_size > _LARGEST:
                    raise CannotLoad(
                        f"{name} in {path} unpacks to more than {_LARGEST >> 30} GiB, so it was "
                        "not read; no policy is that large. Give the file that model.save wrote"
                    )
            return file.read("data"), file.read("policy.pth")
    except CannotLoad:
        raise
    except _DAMAGED as error:
        raise CannotLoad(
            f"{path} cannot be read as a zip ({error}); it may be cut short: copy or save it again"
        ) from error


def _weights(path: Path, content: bytes) -> dict[str, np.ndarray]:
    torch = need("torch", "sb3")
    version = re.match(r"(\d+)\.(\d+)", str(torch.__version__))
    if version is None or tuple(map(int, version.groups())) < _SAFE:
        raise CannotLoad(
            f"torch {torch.__version__} is installed, and weights that are made for it can run "
            "code even with weights_only=True (CVE-2025-32434, mended in 2.6.0), so that "
            f"policy.pth in {path} was not opened; pip install 'torch>=2.6'"
        )
    try:
        found = torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
        return {str(name): _reals(path, str(name), array) for name, array in found.items()}
    except CannotLoad:
        raise
    except Exception as error:  # whatever a damaged or hostile file makes torch raise
        first = str(error).strip().partition("\n")[0]
        raise CannotLoad(
            f"policy.pth in {path} holds something other than weights, or is damaged, and was not "
            f"run ({type(error).__name__}: {first}). Save the model again, and do not load it "
            "otherwise unless you know who wrote it"
        ) from error


def _reals(path: Path, name: str, tensor: Any) -> np.ndarray:
    """Return a tensor's numbers in single precision; half precision fits into it."""
    if not tensor.is_floating_point() or str(tensor.layout) != "torch.strided":
        kind = f"{tensor.dtype}, {tensor.layout}".replace("torch.", "")
        raise CannotLoad(
            f"in {path}, {name} is {kind}; weights are dense real floating-point numbers. Convert "
            "the policy, as with policy.float(), and save the model again"
        )
    return np.asarray(tensor.float().numpy(), np.float32)
