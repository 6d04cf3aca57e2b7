"""The commands on finite decision processes: `compare` and `goals`."""

from pathlib import Path

from mesascope.cli.app import Json, Seed


def compare(
    file: Path,
    /,
    *,
    metric: str | None = None,
    discount: float | None = None,
    samples: int = 0,
    pairs: int = 64,
    report: Path | None = None,
    seed: Seed = 0,
    json: Json = False,
) -> int:
    """Compare rewards on a finite decision process: distances, the regret they bound, the true one.

    The file holds `transition` (S, A, S), any number of `reward_NAME` (S, A, S), (S, A) or (S,),
    and, where wanted, `coverage` (S, A, S), `initial`, `terminal` (S,) and `discount`.

    Args:
        file: A .npz file, as numpy.savez writes it.
        metric: Names with commas between: epic, dard, starc-val, starc-valpotential,
            starc-minimal, npec, none; with norms, starc-val-1-inf.
        discount: Of future reward, from 0 to 1; .99, or what the file says, unless given.
        samples: Estimate EPIC, DARD and VAL from so many transitions, with intervals.
        pairs: Random pairs of rewards that say what a distance means on this process; 0 for none.
        report: Where to write the heat maps, as one HTML file.
        seed: Of all that is drawn.
        json: Print the comparison as JSON.
    """
    from mesascope.cli.compare import compare_command

    options = {"metrics": metric.split(",") if metric else None, "discount": discount}
    drawn = {"samples": samples, "pairs": pairs, "seed": seed}
    return compare_command(file, {**options, **drawn}, report=report, json=json)


def goals(
    file: Path,
    /,
    *,
    discount: float | None = None,
    choices: float = 100.0,
    seed: Seed = 0,
    json: Json = False,
) -> int:
    """Ask what a policy, or trajectories, want: goal-directedness, posterior, agent or device.

    The file holds `transition` (S, A, S), and `policy` (S, A) or `trajectories` (N, L, 2) of
    (state, action), padded with -1; and, where wanted, candidates `reward_NAME`, `features`
    (S, K) or (S, A, K), `initial`, `terminal` and `discount`.

    Args:
        file: A .npz file, as numpy.savez writes it.
        discount: Of future reward, from 0 to 1; .99, or what the file says, unless given.
        choices: How many choices of a policy are taken to have been seen.
        seed: Of all that is drawn.
        json: Print the answer as JSON.
    """
    from mesascope.cli.goals import goals_command

    options = {"discount": discount, "choices": choices, "seed": seed}
    return goals_command(file, options, json=json)
