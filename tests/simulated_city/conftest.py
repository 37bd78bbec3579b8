"""The city is built once, and put into one store, for all tests here."""

import pytest

from data.simulated_city import build
from data.simulated_city.seeding import DEMO_NOW, city_of, seed_store
from data.store import create_store


@pytest.fixture(scope="session")
def world():
    return build()


@pytest.fixture(scope="session")
def told():
    return []


@pytest.fixture(scope="session")
def store(world, told, tmp_path_factory):
    path = tmp_path_factory.mktemp("simulated") / "store.sqlite"
    made = create_store(path, kind="simulated", city=city_of(world), demo_now=DEMO_NOW, seed=world.seed)
    seed_store(made, world, lambda share, word: told.append((share, word)))
    return made
