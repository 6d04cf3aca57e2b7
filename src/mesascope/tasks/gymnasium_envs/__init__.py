"""Anybody's Gymnasium environments: made, observed, their levels enumerated, their goals named."""
