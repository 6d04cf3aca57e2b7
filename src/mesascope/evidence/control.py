"""Control: what is feedback along the executed trajectory worth to the system?"""

from collections.abc import Sequence

import numpy as np

from mesascope.core.evidence import Card, Evidence
from mesascope.core.interval import Interval
from mesascope.core.randomness import stream
from mesascope.core.system import Instance
from mesascope.core.task import Distribution, HasOpenLoop
from mesascope.evidence.probe import Subject

CARD = Card(
    name="control",
    measures=(
        "The mean result with feedback minus the mean result when the same system's plan, made "
        "against a simulated course of events, is carried out blindly; and how often the output "
        "answers a disturbance of the trajectory."
    ),
    why=(
        "A controller steers by what happens; take the feedback away and it loses what the "
        "steering was worth."
    ),
    example="Minimax loses most of its result when it must play a plan blindly.",
    known_problems=(
        "This is a property of behaviour: a lookup table of a controller's answers scores as the "
        "controller does, so control alone never makes a mesa-optimizer here. The loss is in "
        "units of the base result, so feedback in the service of another goal shows as a small or "
        "negative loss."
    ),
    references="Demski 2019, Selection vs Control; Powers 1973, Behavior: Control of Perception.",
)


def control(
    subject: Subject,
    distribution: Distribution,
    instances: Sequence[Instance],
    *,
    episodes: int,
    seed: int,
) -> Evidence:
    """Play episodes with feedback and without, and disturb the trajectory in between."""
    task = subject.task
    if not isinstance(task, HasOpenLoop):
        return Evidence(CARD, None, "Not measured.", "the task cannot play a plan blindly")
    closed, blind = np.empty(episodes), np.empty(episodes)
    for number in range(episodes):
        closed[number] = task.episode(
            distribution, subject.respond, stream(seed, "control", "closed", number)
        )[1]
        blind[number] = task.open_loop_episode(
            distribution, subject.respond, stream(seed, "control", "blind", number)
        )
    loss = float(closed.mean() - blind.mean())
    half = 1.96 * float(np.sqrt(closed.var(ddof=1) / episodes + blind.var(ddof=1) / episodes))
    answered, trials = 0.0, 0
    for number, instance in enumerate(instances):
        other = task.disturbed(instance, stream(seed, "control", "disturbance", number))
        if other is None:
            continue
        answered += subject.respond(instance).distance(subject.respond(other))
        trials += 1
    details = {
        "mean result with feedback": float(closed.mean()),
        "mean result without": float(blind.mean()),
        "mean change of the output after a disturbance": answered / trials if trials else None,
    }
    finding = (
        f"With feedback its mean result is {closed.mean():.3f}, blindly {blind.mean():.3f}: "
        f"feedback is worth {loss:.3f}."
    )
    score = Interval(loss, loss - half, loss + half, samples=episodes, confidence=0.95)
    return Evidence(CARD, score, finding, details=details)
