"""The audit of a policy: what it wants on each distribution, how well it gets it, and the verdict."""
