"""``make soak``: kill -9 at random points with retries by key, and twenty writers at once. Prints losses, doubles, errors."""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
WRITER = """
import sys
sys.path.insert(0, {checkout!r})
from data import actions
from data.store import open_store
store = open_store({path!r})
for n in range({first}, {last}):
    done = actions.run("submit_finding", store, "operator", {{"kind": "dumping", "description": f"soak {{n}}",
        "found_at": "2026-06-01T08:00:00+08:00", "lon": 112.1, "lat": 34.5}}, key=f"{who}-{{n}}")
    print(done["number"], flush=True)
"""


def writer(path: Path, who: str, first: int, last: int) -> subprocess.Popen:
    """Start a process that submits findings ``first`` … ``last`` and prints each number once it is acknowledged."""
    code = WRITER.format(checkout=str(CHECKOUT), path=str(path), who=who, first=first, last=last)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=os.environ | {"HEZHANG_STORE": str(path)})


def kills(path: Path, count: int, seed: int) -> dict:
    """Kill a writer ``count`` times at random points; every acknowledged number must be in the store exactly once."""
    chance, acknowledged, at = random.Random(seed), [], 0
    for _ in range(count):
        process = writer(path, "kill", at, at + 40)
        assert process.stdout is not None
        wanted, got = chance.randint(0, 8), []
        for line in process.stdout:
            got.append(line.strip())
            if len(got) > wanted:
                break
        until = time.monotonic() + chance.random() * 0.02
        while time.monotonic() < until:
            pass
        process.kill()
        got += [line.strip() for line in process.stdout]
        process.wait()
        acknowledged += got
        at += len(got)             # the next writer retries the unacknowledged one under the same key
    return compare(path, acknowledged)


def crowd(path: Path, writers: int, each: int) -> dict:
    """Let ``writers`` processes write at once."""
    processes = [writer(path, f"w{i}", 0, each) for i in range(writers)]
    acknowledged, errors = [], []
    for process in processes:
        out, err = process.communicate()
        acknowledged += out.split()
        errors += [err.strip().splitlines()[-1]] if process.returncode else []
    return compare(path, acknowledged) | {"errors": errors}


def compare(path: Path, acknowledged: list[str]) -> dict:
    """Count what was acknowledged and is not there, and what is there twice."""
    from data.store import open_store
    from data.store.health import verify_audit

    store = open_store(path)
    rows = store.as_seen_by("operator").records("finding")
    kept = rows["number"].tolist()
    receipts = store.as_seen_by("operator").imports()
    return {"acknowledged": len(acknowledged), "lost": len(set(acknowledged) - set(kept)),
            "doubled": len(kept) - len(receipts) + len(acknowledged) - len(set(acknowledged)),
            "audit_rows": verify_audit(store)}


def main() -> None:
    """Run both and fail on any loss."""
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--writers", type=int, default=20)
    options.add_argument("--each", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    sys.path.insert(0, str(CHECKOUT))
    from data.store import create_store

    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, run in (("kills", lambda p: kills(p, given.kills, given.seed)),
                          ("writers", lambda p: crowd(p, given.writers, given.each))):
            path = Path(folder) / f"{name}.sqlite"
            create_store(path)
            results[name] = run(path)
    print(json.dumps(results, indent=1))
    sys.exit(any(one["lost"] or one["doubled"] or one.get("errors") for one in results.values()))


if __name__ == "__main__":
    main()
