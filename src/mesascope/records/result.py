"""What a run ends in: the record of a search, of a policy, or of several."""

from collections.abc import Mapping
from typing import Any

from mesascope.records.policies import PoliciesRecord
from mesascope.records.policy import PolicyAuditRecord
from mesascope.records.run import RunRecord

Result = RunRecord | PolicyAuditRecord | PoliciesRecord
_KINDS: Mapping[Any, type[Result]] = {
    "policy-audit": PolicyAuditRecord,
    "policies-audit": PoliciesRecord,
}


def result_of(fields: Mapping[str, Any]) -> Result:
    """Return the record that plain data hold, by their kind.

    Raises:
        ValidationError: they do not fit the schema.
    """
    return _KINDS.get(fields.get("kind"), RunRecord).model_validate(fields)
