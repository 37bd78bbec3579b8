"""Put the city together, step by step."""

from data.simulated_city.world import World, lay_ground, new_world


def build(seed: int = 20260630) -> World:
    """Build the whole city from a seed; the same seed gives the same city to the last digit."""
    return new_world(lay_ground(seed))
