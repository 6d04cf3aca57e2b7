"""What designing levels takes: whose levels they are, what was done on them, what is told."""
