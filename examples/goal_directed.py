"""Is this policy goal-directed? Four policies on a chain, and what each of them wants.

    python examples/goal_directed.py

An agent climbs; one that avoids falling does the same for another reason; a habit always goes
down; and a coin has no goal. Goal-directedness is measured towards climbing and towards the
utility that predicts the policy best; `agent or device` weighs goals against habits.
"""

import numpy as np

import mesascope
from mesascope.processes.evaluate import uniform
from mesascope.processes.soft import soften
from mesascope.tasks.finite.ascender import ascender


def main() -> None:
    """Print what is found for each policy."""
    process, climb = ascender(10, slip=0.1)
    fall = -np.eye(process.states)[0] * 10.0
    habit = np.tile([0.95, 0.05], (process.states, 1))
    policies = {
        "climbs": soften(process, climb).policy,
        "avoids falling": soften(process, fall).policy,
        "goes down": habit,
        "a coin": uniform(process),
    }
    print(f"{'policy':<16}{'MEG climb':>10}{'β':>8}{'MEG any':>9}{'bound':>7}   agent  posterior")
    for name, policy in policies.items():
        found = mesascope.goals(
            process, policy=policy, rewards={"climb": climb, "avoid": fall}, choices=300.0
        )
        beta, best = found.rationality["climb"], max(found.posterior, key=found.posterior.get)
        agent = found.agency.agent if found.agency else float("nan")
        print(
            f"{name:<16}{found.meg['climb']:>10.3f}{beta:>8.2f}{found.meg['unknown']:>9.3f}"
            f"{found.meg_bound:>7.2f}{agent:>8.3f}  {best} {found.posterior[best]:.3f}"
        )


if __name__ == "__main__":
    main()
