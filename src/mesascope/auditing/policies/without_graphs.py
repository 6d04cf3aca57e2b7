"""What returns alone say of a pursuit, where levels could not be enumerated."""

from collections.abc import Mapping

import numpy as np

from mesascope.auditing.policies.returns import Returns, share_of
from mesascope.core.interval import Interval
from mesascope.processes.seen import Seen

_CLEAR = 0.5  # share of levels with something of a goal, or capability


def guess(
    seen: Seen, got: Returns, capability: Mapping[str, Interval | None], seed: int
) -> tuple[str | None, str]:
    """Return the goal that stands out by its returns, or None, and a sentence.

    A goal stands out where it is reaped on clearly more than half of the levels and every other
    on clearly less: by capability where that is known, else by the share of levels with a
    positive return. What chance would reap is not known then, so this is no more than a contrast.
    """
    shares = {}
    for g, goal in enumerate(seen.goals):
        known = capability[goal]
        played = got.got[~np.isnan(got.got[:, g]), g]
        shares[goal] = share_of(played > 0.0, seed) if known is None else known
    sides = {goal: 0 if s is None else s.side_of(_CLEAR) for goal, s in shares.items()}
    ahead = [goal for goal, side in sides.items() if side > 0]
    behind = [goal for goal, side in sides.items() if side < 0]
    told = "; ".join(f"{goal} {s.estimate:.0%}" for goal, s in shares.items() if s is not None)
    if len(ahead) == 1 and len(behind) == len(sides) - 1 and behind:
        return ahead[0], (
            f"On {seen.name} it reaps {ahead[0]} and no other candidate (levels with a positive "
            f"return: {told}). This is read from returns; choices were not weighed."
        )
    return None, (
        f"On {seen.name} what it pursues is undetermined: levels were not enumerated, and its "
        f"returns single out no candidate (levels with a positive return: {told})."
    )
