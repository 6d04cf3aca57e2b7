"""The bridge between base and mesa-objectives: decompose, pull back, compare, lift, infer.

Neither objective is compared with the other where it lives. `decompose` carries the base objective
to a utility of outputs, `pullback` carries the mesa-objective there, and `compare` measures how
far apart they are over a named distribution, without assuming a common scale unless it says so.
"""
