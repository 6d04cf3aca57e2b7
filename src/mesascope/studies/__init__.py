"""Studies: what a user runs, put together from everything below."""
