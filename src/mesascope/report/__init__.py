"""One offline HTML file that tells what a run found. It formats figures and computes none."""

from mesascope.report.page import render, write

__all__ = ["render", "write"]
