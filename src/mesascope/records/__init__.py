"""Plain schemas of everything that is written down; free of array libraries."""
