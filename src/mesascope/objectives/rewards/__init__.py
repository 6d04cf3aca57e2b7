"""How far apart two rewards are, and what that costs."""
