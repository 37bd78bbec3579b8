"""The simulated city (模拟市): an invented place with known truth, seeded, to try and to test the product on."""

from data.simulated_city.build import build
from data.simulated_city.seeding import make, seed
from data.simulated_city.world import DEMO_DATE, FIRST_DATE, World

__all__ = ["DEMO_DATE", "FIRST_DATE", "World", "build", "make", "seed"]
