"""A function of the instance and the world: minimax that imagines through the world it is lent."""


def play(instance, world):
    """Return the best moves, each with its share of the probability."""
    known = {}  # a position that comes up again is worth the same

    def value(state):
        """Return what a state is worth to the side that brought it about."""
        if state not in known:
            moves = world.options(state)
            if moves:
                known[state] = -max(value(world.step(state, move)) for move in moves)
            else:
                known[state] = world.score(state, "won")
        return known[state]

    values = {move: value(world.step(world.root, move)) for move in instance.moves}
    best = [move for move in instance.moves if values[move] == max(values.values())]
    return dict.fromkeys(best, 1 / len(best))
