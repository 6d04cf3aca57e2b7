"""How faithful the mesa-model is, beside models of other origin and of equal length."""

from mesascope.auditing.behaviour import Behaviour, observe
from mesascope.auditing.examine import Examination
from mesascope.auditing.settings import Settings
from mesascope.core.choice import Choice
from mesascope.core.task import Candidate, Distribution, HasCandidates
from mesascope.evidence.probe import Subject
from mesascope.objectives.faithful import Baseline, Faithfulness, faithfulness

_EPISODES = 60


def measure_faithfulness(
    subject: Subject,
    examination: Examination,
    behaviour: Behaviour,
    train: Distribution,
    settings: Settings,
) -> tuple[Faithfulness, ...]:
    """Score the model, and its rivals, on episodes that no model was built from.

    The rivals are the objective inferred from behaviour alone, and the best criterion of at most
    the model's description length that a look at the immediate outcomes gives.
    """
    model = examination.model
    if model is None:
        return ()
    known = set(examination.built_from)
    held_out = [
        seen
        for seen in observe(subject, train, _EPISODES, settings.seed, "held out")
        if seen.instance not in known
    ]
    if not held_out:
        return ()
    return faithfulness(
        model,
        held_out,
        outputs=subject.task.outputs,
        world=subject.task.world,
        baselines=_rivals(subject, behaviour, model.size),
        seed=settings.seed,
    )


def _rivals(subject: Subject, behaviour: Behaviour, size: int) -> list[Baseline]:
    task = subject.task
    if behaviour.inference is None or not isinstance(task, HasCandidates):
        return []
    by_name = {candidate.name: candidate for candidate in task.candidates()}
    ranked = [by_name[row.name] for row in behaviour.inference.table if row.name in by_name]
    rivals = []
    if ranked:
        rivals.append(_baseline(ranked[0], "inferred from behaviour alone"))
    reflexes = [c for c in ranked if c.horizon == 1 and c.size <= size]
    if reflexes:
        rivals.append(_baseline(reflexes[0], "the best of at most this length without look-ahead"))
    return rivals


def _baseline(candidate: Candidate, note: str) -> Baseline:
    return Baseline(
        candidate.name,
        candidate.size,
        lambda instance, world: Choice.among_best(candidate.values(instance, world)),
        note,
    )
