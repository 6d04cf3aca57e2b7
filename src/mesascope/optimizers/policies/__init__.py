"""Base optimizers of policies: PPO, prioritised replay of levels, evolution strategies."""
