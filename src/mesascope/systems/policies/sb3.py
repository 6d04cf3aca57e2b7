"""Zip files of Stable-Baselines3 and sb3-contrib, from weights: PPO, A2C, DQN, RecurrentPPO."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import CannotLoad, MissingExtra
from mesascope.core.interface import Interface
from mesascope.systems.policies.archive import Archive, read_archive
from mesascope.systems.policies.extras import need
from mesascope.systems.policies.layers import ACTIVATIONS, Layers, find_layers, is_values
from mesascope.systems.policies.lstm import Lstm, split_lstm
from mesascope.systems.policies.model import (
    gamma_of,
    largest,
    may_be_normalised,
    model_interface,
    model_policy,
)
from mesascope.systems.policies.named import Named, named
from mesascope.systems.policies.nature import CLASS, split_nature
from mesascope.systems.policies.preprocessing import IN_PARTS, TRUST, read_preprocessing
from mesascope.systems.policies.remembering import Carry, Remembering

_CLASSES = {  # and the activation by default
    "ActorCriticPolicy": "tanh",
    "ActorCriticCnnPolicy": "tanh",
    "DQNPolicy": "relu",
    "CnnPolicy": "relu",
    "RecurrentActorCriticPolicy": "tanh",
    "RecurrentActorCriticCnnPolicy": "tanh",
}
_VALUED = ("DQNPolicy", "CnnPolicy")  # of DQN
_REMEMBERING = ("RecurrentActorCriticPolicy", "RecurrentActorCriticCnnPolicy")  # of sb3-contrib
# By NatureCNN, unless told otherwise.
_LOOKING = ("ActorCriticCnnPolicy", "CnnPolicy", "RecurrentActorCriticCnnPolicy")
_HARMLESS = {
    ":type:",
    ":serialized:",
    "activation_fn",
    "enable_critic_lstm",
    "features_extractor_class",  # looked at by itself
    "features_extractor_kwargs",  # whose widths are in the weights
    "log_std_init",
    "lstm_hidden_size",
    "n_lstm_layers",
    "net_arch",
    "normalize_images",
    "optimizer_class",
    "optimizer_kwargs",
    "ortho_init",
    "share_features_extractor",
    "shared_lstm",
}
_WIDTHS = {":type:", "features_dim", "normalized_image"}
_ACTIVATION = re.compile(r"<class 'torch\.nn\.modules\.activation\.(Tanh|ReLU)'>")


def load_zip(
    path: Path, *, trust: bool = False, activation: str | None = None, settled: bool = False
) -> Named:
    """Return the policy of a model that Stable-Baselines3 or sb3-contrib saved.

    Args:
        path: of the zip.
        trust: let Stable-Baselines3 load it, which runs whatever code is pickled in it.
        activation: `tanh` or `relu`, where the file does not say.
        settled: whether it is known what observations were normalised by in training, if anything.

    Raises:
        CannotLoad: it is damaged, no such model, or one that cannot be rebuilt without trust; or
            neither the file nor anybody else says whether observations were normalised.
        MissingExtra: torch, or Stable-Baselines3 where it is trusted, is not installed.
    """
    found, untold = _trusted(path) if trust else _rebuilt(read_archive(path), activation)
    if untold and not settled:
        raise CannotLoad(
            f"{path} does not say whether training normalised observations (VecNormalize), and a "
            "policy that sees them otherwise is another one. Give normalise='none' (--normalise "
            "none) if it did not, or else the .npz of its statistics that "
            "mesascope.systems.policies.export_normalisation(venv, path) writes"
        )
    return found


def _rebuilt(archive: Archive, activation: str | None) -> tuple[Named, bool]:
    """Return the policy, and whether its observations may have been normalised."""
    what = str(archive.path)
    kind = _class(archive)
    _check_actions(archive)
    account = _account(archive)
    looks = _looks(archive, account, kind)
    bend, reason = _activation(archive, account, kind, activation)
    scaled = account.get("normalize_images", True) is not False
    prepare = read_preprocessing(archive.data.get("observation_space"), what, scaled=scaled)
    weights, size, look, memory = archive.weights, prepare.size, None, None
    if looks:
        look, weights = split_nature(weights, prepare.shape, what)
        size = look.size
    if kind in _REMEMBERING:
        memory, weights = split_lstm(weights, size, what)
        size = memory.size
    layers = find_layers(weights, size, bend, what)

    def features(observations: np.ndarray) -> Float[np.ndarray, "n i"]:
        given = prepare(observations)
        return given if look is None else look(given)

    built = "an MlpPolicy" if look is None else "a CnnPolicy, NatureCNN and its strides assumed,"
    policy = named(
        _policy(features, memory, layers, valued=is_values(weights)),
        archive.path.name,
        f"The weights in {archive.path.name} were read without running code and the network was "
        f"rebuilt as {built} ({kind}) with {bend} between its layers, {reason}.",
        Interface(prepare.shapes, layers.outputs),
        gamma_of(archive.data.get("gamma")),
    )
    return policy, prepare.untold


def _policy(
    features: Callable[[np.ndarray], np.ndarray], memory: Lstm | None, layers: Layers, valued: bool
) -> Callable[[np.ndarray], np.ndarray] | Remembering:
    """Return the policy of the parts of a network, in the order in which they work."""
    if memory is not None:
        cells = memory

        def advance(observations: np.ndarray, carry: Carry) -> tuple[np.ndarray, Carry]:
            found, carry = cells(features(observations), carry)
            return layers(found), carry

        return Remembering(memory.slots, advance)

    def logits(observations: np.ndarray) -> Float[np.ndarray, "n a"]:
        answer = layers(features(observations))
        return largest(answer) if valued else answer

    return logits


def _class(archive: Archive) -> str:
    told = archive.data.get("policy_class")
    account = told if isinstance(told, dict) else {}
    module = str(account.get("__module__", ""))
    found = re.match(r"<function (\w+)\.__init__ ", str(account.get("__init__", "")))
    name = found[1] if found else "unknown"
    library = "sb3_contrib." if name in _REMEMBERING else "stable_baselines3."
    if not module.startswith(library) or name not in _CLASSES:
        raise CannotLoad(
            f"the policy of {archive.path} is of the class {module or '?'}:{name}; the MlpPolicy "
            f"and CnnPolicy of PPO, A2C, DQN and RecurrentPPO are read without running code. "
            + (IN_PARTS if "MultiInput" in name else f"For other policies {TRUST}")
        )
    if is_values(archive.weights) != (name in _VALUED):
        raise CannotLoad(
            f"the weights of {archive.path} are not those of a {name}, which it says it is; save "
            "the model again"
        )
    return name


def _check_actions(archive: Archive) -> None:
    told = archive.data.get("action_space")
    account = told if isinstance(told, dict) else {}
    if "Discrete'" not in str(account.get(":type:")) or str(account.get("start", 0)) != "0":
        raise CannotLoad(
            f"the actions of {archive.path} are {account.get(':type:', 'not told readably')}; a "
            "Discrete space from 0 is expected. Give a policy that chooses among actions"
        )


def _account(archive: Archive) -> dict[str, Any]:
    """Return the readable account of the policy's settings, if there is nothing odd in it."""
    told = archive.data.get("policy_kwargs", {})
    account = told if isinstance(told, dict) else {":serialized:": ""}
    odd = sorted(set(account) - _HARMLESS)
    if not isinstance(account.get("normalize_images", True), bool):
        odd.append("normalize_images")
    if odd:
        raise CannotLoad(
            f"{archive.path} was made with policy_kwargs {', '.join(odd)}, which may change what "
            f"its layers do; {TRUST}"
        )
    return account


def _looks(archive: Archive, account: dict[str, Any], kind: str) -> bool:
    """Return whether NatureCNN looks at the observations; another network is refused."""
    told = account.get("features_extractor_class")
    extra = account.get("features_extractor_kwargs", {})
    if kind in _LOOKING and account and not set(account) - {":type:", ":serialized:"}:
        told = "which is not told"
    if told not in (None, CLASS) or not isinstance(extra, dict) or set(extra) - _WIDTHS:
        raise CannotLoad(
            f"{archive.path} looks at observations by a network of its author's own ("
            f"{told or 'NatureCNN'}, with {extra}), and what that does cannot be told from its "
            f"weights; {TRUST}"
        )
    return told == CLASS or kind in _LOOKING


def _activation(
    archive: Archive, account: dict[str, Any], kind: str, given: str | None
) -> tuple[str, str]:
    """Return the activation and how it is known."""
    if given is not None:
        return given, "as you said"
    readable = set(account) - {":type:", ":serialized:"}
    if not account or (readable and "activation_fn" not in account):
        return _CLASSES[kind], "which is the default"
    match = _ACTIVATION.fullmatch(str(account.get("activation_fn")))
    if match and match[1].lower() in ACTIVATIONS:
        return match[1].lower(), "as the readable account of its settings says"
    raise CannotLoad(
        f"the activation between the layers of {archive.path} is pickled in policy_kwargs, which "
        f"were not opened (told: {account.get('activation_fn', 'nothing')}); give "
        f"activation='tanh' or 'relu' (--activation), or {TRUST.removeprefix('give ')}"
    )


def _trusted(path: Path) -> tuple[Named, bool]:
    library = need("stable_baselines3", "sb3")
    kinds = [getattr(library, kind) for kind in ("PPO", "DQN", "A2C")]
    with suppress(MissingExtra):  # first, as PPO would take its models for those of its own
        kinds.insert(0, need("sb3_contrib", "sb3").RecurrentPPO)
    failures = []
    for kind in kinds:
        try:
            model: Any = kind.load(path, device="cpu")
        except Exception as error:  # a file may raise anything at all
            failures.append(f"{kind.__name__}: {str(error).strip().partition(chr(10))[0]}")
            continue
        policy = named(
            model_policy(model),
            path.name,
            f"{path.name} was loaded by Stable-Baselines3, which ran the code pickled in it, for "
            "it was trusted.",
            model_interface(model),
            gamma_of(getattr(model, "gamma", None)),
        )
        return policy, may_be_normalised(model)
    raise CannotLoad(
        f"Stable-Baselines3 cannot load {path} ({'; '.join(failures)}); load it yourself and give "
        "the model"
    )
