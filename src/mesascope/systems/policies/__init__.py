"""Policies that somebody brings: files, models, networks and functions."""

from mesascope.systems.policies.actions import from_actions
from mesascope.systems.policies.export import export_onnx
from mesascope.systems.policies.load import load_policy
from mesascope.systems.policies.normalisation import export_normalisation

__all__ = ["export_normalisation", "export_onnx", "from_actions", "load_policy"]
