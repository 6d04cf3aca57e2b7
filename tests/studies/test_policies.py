"""Several policies audited at once: as each alone, kept where one fails, refused where it must."""

from pathlib import Path

import jax
import numpy as np
import pytest

import mesascope
from mesascope.core.errors import BadRequest, CannotLoad
from mesascope.optimizers.policies.settings import Settings
from mesascope.optimizers.policies.stage import spec_of
from mesascope.studies.policies import PoliciesResult, audit_policies
from mesascope.studies.policy import PolicyResult
from mesascope.systems.networks.kinds import make_network
from mesascope.systems.playing.errors import PlayStopped
from mesascope.tasks.mazes.corner import Corner
from tests.cli.inside import mesascope as command

ENV = "FrozenLake-v1?is_slippery=False"
SMALL = {"levels": 6, "seed": 3}


def down(observations):
    return np.tile([0.0, 9.0, 0.0, 0.0], (len(observations), 1))


def right(observations):
    return np.tile([0.0, 0.0, 9.0, 0.0], (len(observations), 1))


def broken(observations):
    raise OSError("the device is gone")


def test_each_is_audited_as_it_is_alone_on_levels_of_its_own() -> None:
    said: list[str] = []
    result = mesascope.audit([down, right], ENV, **SMALL, say=said.append)
    assert isinstance(result, PoliciesResult)
    first, second = result.record.policies
    assert first.distributions == mesascope.audit(down, ENV, **SMALL).record.distributions
    alone = mesascope.audit(right, ENV, **{**SMALL, "seed": 4})
    assert second.distributions == alone.record.distributions
    assert (first.config.seed, second.config.seed, result.record.config.seed) == (3, 4, 3)
    assert any(text.startswith("policy 2 of 2: playing") for text in said)
    (train,) = result.record.distributions
    (reward,) = train.goals
    assert reward.returns.estimate == pytest.approx(
        np.mean([one.distributions[0].goals[0].returns.estimate for one in (first, second)])
    )
    assert result.record.config.given["policy"] == [
        one.config.given["policy"] for one in (first, second)
    ]


def test_what_was_found_before_one_fails_is_kept_if_that_is_asked_for() -> None:
    kept = audit_policies([down, right, broken], ENV, keep=True, **SMALL)
    assert isinstance(kept, PoliciesResult)
    assert isinstance(kept.stop, PlayStopped)
    assert len(kept.record.policies) == 2
    assert kept.record.cut_short.startswith("Cut short at policy 3 of 3")
    assert "the device is gone" in kept.record.cut_short
    assert kept.record.headline.startswith("Cut short. ")
    single = audit_policies([down, broken], ENV, keep=True, **SMALL)
    assert isinstance(single, PolicyResult)  # intervals over policies take two
    assert isinstance(single.stop, PlayStopped)
    for policies, keep in (([down, right, broken], False), ([broken, down], True)):
        with pytest.raises(PlayStopped, match="the device is gone"):
            audit_policies(policies, ENV, keep=keep, **SMALL)


def test_all_are_read_before_any_is_played() -> None:
    def never(observations):
        raise AssertionError("it was played")

    with pytest.raises(CannotLoad, match=r"no file nowhere\.zip"):
        mesascope.audit([never, "nowhere.zip"], ENV)


def test_what_does_not_fit_is_refused_before_any_is_played() -> None:
    played: list[int] = []

    def noted(observations):
        played.append(len(observations))
        return np.zeros((len(observations), 4))

    spec = spec_of(Corner(size=5, horizon=8), Settings(width=8, depth=1))
    other = make_network(spec, jax.random.key(0))
    for env in ("corner", ENV):
        with pytest.raises(BadRequest, match="observations"):
            mesascope.audit([noted, other], env)
    assert played == []


@pytest.mark.parametrize("policies", [[], [down]])
def test_a_list_holds_two_at_least(policies) -> None:
    with pytest.raises(BadRequest, match="give two policies, or one as it is"):
        mesascope.audit(policies, ENV)


def test_on_the_command_line_and_in_a_report(tmp_path: Path, monkeypatch) -> None:
    source = "import numpy as np\n" + "".join(
        f"def {name}(seen):\n    return np.tile({row}, (len(seen), 1))\n"
        for name, row in {"down": [0.0, 9.0, 0.0, 0.0], "right": [0.0, 0.0, 9.0, 0.0]}.items()
    )
    (tmp_path / "lake.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    asked = ["audit", "lake:down", "lake:right", "--env", ENV, "--levels", "6"]
    done = command(*asked, "--report", "both.html")
    assert done.returncode == 0, done.stderr
    assert "Audit of 2 policies" in done.stdout
    assert "lake:right" in done.stdout
    page = (tmp_path / "both.html").read_text(encoding="utf-8")
    assert "What they pursue" in page
    told = command(*asked, "--json")
    assert '"kind":"policies-audit"' in told.stdout


def test_programs_are_audited_one_at_a_time() -> None:
    done = command("audit", "corner", "lost")
    assert done.returncode == 2
    assert "corner, lost: systems are audited one at a time" in done.stderr
