"""Loading a policy, whatever it is: a file, `module:attribute`, a model, a network, a function."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from mesascope.core.errors import BadRequest, CannotLoad
from mesascope.core.loading import load_attribute
from mesascope.systems.networks.files import load_network
from mesascope.systems.networks.serving import as_policy
from mesascope.systems.policies.given import given_policy
from mesascope.systems.policies.named import Named, named
from mesascope.systems.policies.normalisation import normalised, read_normalisation
from mesascope.systems.policies.onnx import load_onnx
from mesascope.systems.policies.sb3 import load_zip

ACTIVATIONS = ("tanh", "relu")
_IMPORTED = re.compile(r"[\w.]+:[\w.]+")
_ENDINGS = (".safetensors", ".onnx", ".zip")
NONE = "none"  # as normalise=
_UNTOLD = (
    "Whether training normalised observations (VecNormalize) is not said in such a model and was "
    "not verified: no statistics were given, and observations are as the environment gives them."
)
_TOLD = (
    "That training normalised no observations (VecNormalize) was said with the policy, and was not "
    "verified."
)
_SHOWN = "Its space of observations shows that training normalised none (VecNormalize)."
_HELD = "Its statistics are of the VecNormalize that the model holds."


def load_policy(
    source: Any, *, trust: bool = False, activation: str | None = None, normalise: Any = None
) -> Named:
    """Return a policy, with its name and where it comes from.

    Args:
        source: the path of a .zip of Stable-Baselines3, an .onnx file or a .safetensors file of
            ours; `module:attribute`, which is imported, and importing runs its code; or an object:
            a function, a policy, a Stable-Baselines3 model, a torch module or a network of ours.
        trust: let a file run code when it is loaded; a .zip has some, and a pickle of statistics.
        activation: `tanh` or `relu`, between the layers of a .zip that does not say.
        normalise: what observations were normalised by in training: the path of a .npz that
            `export_normalisation` wrote, a live VecNormalize, or "none" for nothing. A model knows
            its own VecNormalize; a .zip does not, so that most need an answer.

    Raises:
        CannotLoad: the file is missing, damaged, or no policy that can be rebuilt; or a .zip does
            not say whether observations were normalised, and `normalise` does not.
        MissingExtra: a package is needed that is not installed.
        BadRequest: an activation that does not exist, or for something other than a .zip.
    """
    if activation is not None and activation not in ACTIVATIONS:
        raise BadRequest(f"the activation {activation!r} is not known; give 'tanh' or 'relu'")
    text = isinstance(source, str) and not _is_there(source)
    is_zip = isinstance(source, (str, Path)) and Path(source).suffix.lower() == ".zip"
    if activation is not None and not is_zip:
        raise BadRequest(
            f"activation={activation!r} is for a .zip of Stable-Baselines3 alone; leave it out"
        )
    if text and _IMPORTED.fullmatch(source):
        policy = given_policy(load_attribute(source), source)
    elif isinstance(source, (str, Path)):
        policy = _from_file(Path(source), trust, activation, settled=normalise is not None)
    else:
        policy = given_policy(source)
    return _seeing(policy, source, normalise, trust=trust)


def _seeing(policy: Named, source: Any, normalise: Any, *, trust: bool) -> Named:
    """Return a policy that sees observations as they were in training, as far as that is known."""
    is_model = hasattr(source, "get_vec_normalize_env")  # of Stable-Baselines3
    if isinstance(normalise, (str, Path)) and str(normalise) == NONE:
        told = _TOLD
    elif normalise is not None:
        plain = replace(policy, provenance=policy.provenance.removesuffix(_UNTOLD).rstrip())
        return normalised(plain, read_normalisation(normalise, trust=trust))
    elif is_model:
        held = source.get_vec_normalize_env()
        if held is not None and held.norm_obs:
            return _with(normalised(policy, read_normalisation(held)), _HELD)
        told = _UNTOLD
    elif isinstance(source, (str, Path)) and Path(source).suffix.lower() == ".zip":
        told = _SHOWN
    else:
        return policy
    return _with(policy, told)


def _with(policy: Named, told: str) -> Named:
    return replace(policy, provenance=f"{policy.provenance} {told}")


def _from_file(path: Path, trust: bool, activation: str | None, *, settled: bool) -> Named:
    ending = path.suffix.lower()
    if path.is_dir():
        raise CannotLoad(f"{path} is a directory; give the path of the policy's file in it")
    if ending not in _ENDINGS:
        raise CannotLoad(
            f"{path} is no policy that can be read: expected a file that ends in "
            f"{', '.join(_ENDINGS)}, or 'module:attribute'. Rename the file if it is one of these"
        )
    if not path.is_file():
        raise CannotLoad(f"there is no file {path}; check the path, from {Path.cwd()}")
    if path.stat().st_size == 0:
        raise CannotLoad(f"{path} is empty; save the policy again")
    if ending == ".zip":
        return load_zip(path, trust=trust, activation=activation, settled=settled)
    if ending == ".onnx":
        return load_onnx(path)
    network = load_network(path)
    return named(
        as_policy(network),
        path.name,
        f"The network and its weights were read from {path.name}, without running code; how it was "
        "trained was not verified.",
        network.spec.interface,
    )


def _is_there(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # too long for a name, or no name at all
        return False
