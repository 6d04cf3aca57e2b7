"""The audit of a policy: what it wants, how well it gets it, and the verdict."""
