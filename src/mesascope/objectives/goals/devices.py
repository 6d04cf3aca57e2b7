"""Agents and devices: does anything pursued explain the choices better than habit does?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.special

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.choices import AS_IF, Choices
from mesascope.objectives.goals.posterior import NONE, infer_goal
from mesascope.objectives.goals.predictors import log_evidence
from mesascope.objectives.goals.rational import RATIONALITY
from mesascope.processes import Process


@dataclass(frozen=True)
class AgentOrDevice:
    """How probable it is that choices were made by an agent, or by a device.

    Attributes:
        agent: P(agent | choices).
        device: P(device | choices) = 1 - P(agent | choices).
        agents: the log-probability of the choices under each candidate reward, β averaged over.
        devices: the same under each device.
        log_bayes_factor: by how much the choices favour an agent, in nats.
        choices: what was observed.
    """

    agent: float
    device: float
    agents: dict[str, float]
    devices: dict[str, float]
    log_bayes_factor: float
    choices: Choices

    @property
    def sentence(self) -> str:
        """The verdict, what favours it most, and how much was seen."""
        devices = {f"{name} (a device)": value for name, value in self.devices.items()}
        winner = max(self.agents | devices, key=(self.agents | devices).__getitem__)
        return f"P(agent) is {self.agent:.3g} {self.choices.words}; {winner!r} predicts them best."


def agent_or_device(
    process: Process,
    data: Any,
    rewards: Mapping[str, Any],
    *,
    prior: float = 0.5,
    rationality: Any = RATIONALITY,
    choices: float = AS_IF,
) -> AgentOrDevice:
    """Return whether an agent or a device is the better explanation of choices.

    An agent has one of the candidate rewards and a rationality β, all equally probable; a device is
    a habit, a reflex or uniform, equally probable too (Orseau, McGill & Legg, *Agents and devices:
    a relative definition of agency*, 2018, in the finite case). The answer is relative to both
    lists: an agent that wants something else looks like a device.

    Args:
        process, data, rewards, rationality, choices: as in `infer_goal`.
        prior: P(agent) before anything is seen.

    Raises:
        BadArray: an array does not fit the process.
        BadRequest: no candidates, or a prior that is not between 0 and 1.
    """
    if not 0.0 < prior < 1.0:
        raise BadRequest(f"prior is {prior}; a probability between 0 and 1 is expected")
    share = {name: prior / len(rewards) for name in rewards} | {NONE: 1.0 - prior}
    found = infer_goal(
        process, data, rewards, prior=share, rationality=rationality, choices=choices
    )
    agents = found.log_evidence[:-1]
    favour = scipy.special.logsumexp(agents) - np.log(len(agents)) - found.log_evidence[-1]
    device = float(found.probability[-1])
    # The sum of the agents, not 1 - device, which has no digits where a device is all but certain.
    return AgentOrDevice(
        float(found.probability[:-1].sum()),
        device,
        dict(zip(found.candidates, map(float, agents), strict=True)),
        log_evidence(found.choices.counts),
        float(favour),
        found.choices,
    )
