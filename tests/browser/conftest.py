"""A simulated city made once, a server that is surely ours, and a browser that reaches nothing but it."""

import os
import secrets
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from data.simulated_city.seeding import make

ROOT = Path(__file__).parents[2]
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    """The simulated city of the default seed."""
    return make(tmp_path_factory.mktemp("browser") / "city.sqlite")


@pytest.fixture(scope="session")
def address(city):
    """The address of a server on a free port; a word of our own in its answer says that it is the one we started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    word = secrets.token_hex(8)
    settings = {name: value for name, value in os.environ.items() if not name.startswith("HEZHANG_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "serve.py", f"--server.port={port}"], cwd=ROOT, text=True,
        env=settings | {"HEZHANG_STORE": str(city.path), "HEZHANG_SERVER_WORD": word},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = []
    for line in process.stdout:
        said.append(line)
        if "URL:" in line:
            break
    assert process.poll() is None, "".join(said)
    here = f"http://127.0.0.1:{port}"
    with urllib.request.urlopen(f"{here}/healthz") as answer:          # noqa: S310 - loopback, our own port
        assert answer.headers["X-Hezhang-Word"] == word, "another server answers on our port"
    yield here
    process.terminate()
    process.wait()


@pytest.fixture
def visit(chromium, address):
    """Open a page; what it asks of any other host is stopped, and at the end there must be none."""
    foreign, opened = [], []

    def guard(route):
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            foreign.append(route.request.url)
            route.abort()

    def visit(path, size=DESK):
        page = chromium.new_page(viewport=size)
        opened.append(page)
        page.route("**/*", guard)
        page.on("websocket", lambda made: None if made.url.startswith(address.replace("http", "ws"))
                else foreign.append(made.url))
        page.goto(f"{address}/{path}")
        return page

    yield visit
    for page in opened:
        page.close()
    assert foreign == []
