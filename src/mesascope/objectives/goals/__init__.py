"""What a policy or its trajectories say about the goal behind them."""
