"""Networks that choose: an actor and a critic in one, as small Equinox modules, and their files."""
