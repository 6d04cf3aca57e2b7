"""Small finite decision processes that the literature uses, each with its rewards."""
