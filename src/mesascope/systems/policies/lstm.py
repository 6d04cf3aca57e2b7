"""The LSTM of sb3-contrib's RecurrentPPO, rebuilt from its weights.

Gates are input, forget, cell, output, in this order, each with a bias from either side.
Source: Hochreiter & Schmidhuber 1997 and Gers et al. 2000, laid out as in `torch.nn.LSTM`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import expit

from mesascope.core.errors import CannotLoad
from mesascope.systems.policies.preprocessing import TRUST
from mesascope.systems.policies.remembering import Carry, Slot

_ACTOR = "lstm_actor."
_CRITIC = re.compile(r"lstm_critic\.\w+|critic\.(weight|bias)")
_PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@dataclass(frozen=True)
class Cell:
    """One layer of `h` units.

    Attributes:
        taken: from its input to the gates, (4 h, inputs).
        kept: from its output a step before to the gates, (4 h, h).
        bias: of the gates, (4 h,).
    """

    taken: np.ndarray
    kept: np.ndarray
    bias: np.ndarray

    def __call__(
        self, x: np.ndarray, hidden: np.ndarray, cell: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the hidden and the cell state after a step, (N, h) each."""
        gates = x @ self.taken.T + hidden @ self.kept.T + self.bias
        enter, keep, new, leave = np.split(gates, 4, axis=1)
        cell = expit(keep) * cell + expit(enter) * np.tanh(new)
        return expit(leave) * np.tanh(cell), cell


@dataclass(frozen=True)
class Lstm:
    """Cells on top of each other."""

    cells: tuple[Cell, ...]

    @property
    def size(self) -> int:
        """How many units a cell has."""
        return self.cells[0].kept.shape[1]

    @property
    def slots(self) -> tuple[Slot, Slot]:
        """The memory: hidden and cell states, (layers, h) each."""
        slot = Slot((len(self.cells), self.size), np.float32)
        return slot, slot

    def __call__(
        self, x: Float[np.ndarray, "n i"], carry: Carry
    ) -> tuple[Float[np.ndarray, "n h"], Carry]:
        """Return what the topmost cell gives, and the memory after the step."""
        states = []
        for number, one in enumerate(self.cells):
            state = one(x, carry[0][:, number], carry[1][:, number])
            states.append(state)
            x = state[0]
        hidden, cell = zip(*states, strict=True)
        return x, (np.stack(hidden, axis=1), np.stack(cell, axis=1))


def split_lstm(
    weights: Mapping[str, np.ndarray], inputs: int, what: str
) -> tuple[Lstm, dict[str, np.ndarray]]:
    """Return the actor's LSTM and the weights that are of no LSTM.

    Args:
        weights: every array of the policy, by name.
        inputs: of the first layer.
        what: the file, for messages.

    Raises:
        CannotLoad: the weights are not those of plain layers for such inputs.
    """
    ours = {name[len(_ACTOR) :] for name in weights if name.startswith(_ACTOR)}
    layers = len({name.rpartition("_l")[2] for name in ours})
    wanted = {f"{part}_l{number}" for number in range(layers) for part in _PARTS}
    if not layers or ours != wanted:
        raise CannotLoad(
            f"{what} has a memory of other layers than a plain LSTM's "
            f"({', '.join(sorted(ours ^ wanted)[:3]) or 'none'}); {TRUST}"
        )
    cells: list[Cell] = []
    for number in range(layers):
        taken, kept, *biases = (weights[f"{_ACTOR}{part}_l{number}"] for part in _PARTS)
        size = cells[0].kept.shape[1] if cells else kept.shape[-1] if kept.ndim else 0
        shapes = [array.shape for array in (taken, kept, *biases)]
        if not size or shapes != [(4 * size, inputs), (4 * size, size), (4 * size,), (4 * size,)]:
            raise CannotLoad(
                f"in {what}, a layer of memory of shapes {', '.join(map(str, shapes))} follows "
                f"{inputs} numbers; the file contradicts itself: save the model again"
            )
        cells.append(Cell(taken, kept, biases[0] + biases[1]))
        inputs = size
    rest = {
        name: array
        for name, array in weights.items()
        if not name.startswith(_ACTOR) and not _CRITIC.fullmatch(name)
    }
    return Lstm(tuple(cells)), rest
