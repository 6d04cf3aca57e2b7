"""Made-up records of audits of policies: bare, hostile, filmed, and of several at once."""

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from mesascope.records.policies import PoliciesRecord
from mesascope.records.policy import FilmRecord, PolicyAuditRecord
from mesascope.studies.policies import policies_record
from tests.report.policy_sample import policy_record, turned
from tests.report.sample_figures import HOSTILE

PIXEL = (  # a PNG of one grey pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


def films() -> PolicyAuditRecord:
    """Return a record of an environment that is rendered, and of one that faces somewhere."""
    whole = policy_record()
    episode = whole.episodes[1]
    return whole.model_copy(
        update={
            "episodes": [episode.model_copy(update={"turned": turned(episode.path)})],
            "films": [
                FilmRecord(
                    distribution="far", title=f"Level {i} of far", frames=[PIXEL] * 3,
                    steps=[0, 10, 20], total=20, returns={"cheese": 0.5},
                )
                for i in (1, 2)
            ],
            "unpictured": "There are no pictures of `near`: the environment's `render` raised.",
            "designed": [],
        }
    )  # fmt: skip


def bare() -> PolicyAuditRecord:
    """Return what is left where no level could be enumerated or drawn, and nothing was trained."""
    whole = policy_record()
    unknown = {"capability": None, "optimum": None, "chance": None, "rationality": None,
               "posterior_interval": None, "meg": None}  # fmt: skip
    blind = [
        where.model_copy(
            update={
                "disagreement": None, "regret": None, "distance": None, "regret_bound": None,
                "goals": [item.model_copy(update=unknown) for item in where.goals],
            }
        )
        for where in whole.distributions
    ]  # fmt: skip
    return whole.model_copy(
        update={"training": None, "episodes": [], "designed": [], "ledger": [], "notes": [],
                "next_commands": [], "distributions": blind}
    )  # fmt: skip


LITERAL = {"kind", "answer", "status", "schema_version", "role", "purpose"}
FREE = {"series", "marks", "versions", "given", "defaulted", "settings", "parameters", "returns",
        "others", "values"}  # fmt: skip


def hostile(text: str = HOSTILE) -> PolicyAuditRecord:
    """Return a record in which every text that is free is followed by `text`."""

    def spoil(value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            return value if key in LITERAL or value in ("", "#") else f"{value}{text}"
        if isinstance(value, list):
            return [spoil(item, key) for item in value]
        if isinstance(value, dict):
            free = key in FREE and "estimate" not in value  # not where it is a figure
            return {spoil(k) if free else k: spoil(v, k) for k, v in value.items()}
        return value

    return PolicyAuditRecord.model_validate(spoil(policy_record().model_dump(mode="json")))


def policies(make: Callable[[], PolicyAuditRecord] = policy_record) -> PoliciesRecord:
    """Return three policies, of which the last is found to keep to the base objective."""
    one = make()
    kept = [
        line.model_copy(update={"answer": "yes" if line.key == "robust" else "no"})
        for line in one.lines
    ]
    audits = [
        one,
        one.model_copy(update={"policy": f"{one.policy}, again"}),
        one.model_copy(update={"policy": f"{one.policy}, kept", "lines": kept}),
    ]
    return policies_record(
        audits, title=one.title, story=one.story, config=one.config, began=perf_counter(),
        training=one.training, next_commands=one.next_commands,
        cut_short="" if one.training else "Cut short at policy 4 of 5: `it` raised.",
    )  # fmt: skip


VARIANTS: dict[str, Callable[[], PolicyAuditRecord | PoliciesRecord]] = {
    "whole": policy_record,
    "bare": bare,
    "hostile": hostile,
    "films": films,
    "several": policies,
    "several bare": partial(policies, bare),
    "several hostile": partial(policies, hostile),
    "several films": partial(policies, films),
}
