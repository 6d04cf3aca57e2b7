"""Tests of the audit of policies."""
