"""Programs valued on whole game graphs at once, in compiled code."""
