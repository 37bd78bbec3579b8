"""How an action runs: its input is read and checked, it happens in one transaction, it ends in a receipt."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from data.people import Actor
from data.store.store import Store
from data.store.write import Tx
from geo.faults import Fault


class Input(BaseModel):
    """What an action takes; a field it does not know is refused, not dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Action:
    """A registered action: its name, the record of its input, and the function that does it."""

    name: str
    model: type[Input]
    do: Callable[[Store, Tx, Any], dict]


ACTIONS: dict[str, Action] = {}
_WORDED = {"missing": "input_missing", "string_too_short": "input_too_short", "extra_forbidden": "input_unknown"}


def action(model: type[Input]) -> Callable[[Callable[[Store, Tx, Any], dict]], Callable[[Store, Tx, Any], dict]]:
    """Register a function as the action of its own name."""
    def register(do: Callable[[Store, Tx, Any], dict]) -> Callable[[Store, Tx, Any], dict]:
        ACTIONS[do.__name__] = Action(do.__name__, model, do)
        return do
    return register


def read_input(name: str, payload: dict) -> Input:
    """Return the checked input of action ``name``; a Fault names the first field that cannot be used."""
    if name not in ACTIONS:
        raise Fault("action_unknown", action=name, choices=", ".join(sorted(ACTIONS)))
    try:
        json.dumps(payload, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise Fault("input_invalid", action=name, field="", reason="Unicode") from None
    try:
        return ACTIONS[name].model.model_validate(payload)
    except ValidationError as error:
        first = error.errors()[0]
        code = _WORDED.get(first["type"], "input_invalid")
        raise Fault(code, action=name, field=".".join(str(part) for part in first["loc"]), reason=first["msg"],
                    choices=", ".join(ACTIONS[name].model.model_fields)) from None


def fingerprint(actor: str, name: str, payload: dict) -> str:
    """Return the hash of who asked for what: the same submission has the same one."""
    text = json.dumps([actor, name, payload], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def run(name: str, store: Store, actor: str | Actor, payload: dict, key: str | None = None) -> dict:
    """Do action ``name`` for ``actor``; the same ``key`` again returns the first receipt and does nothing."""
    given = read_input(name, payload)
    person = store.actor(actor)
    digest = fingerprint(person.name, name, given.model_dump(mode="json"))
    with store.writing(person, name, key=key, content_hash=digest) as tx:
        if tx.replayed is not None:
            return tx.replayed | {"replayed": True}
        tx.result = {"receipt": tx.receipt} | ACTIONS[name].do(store, tx, given)
        return tx.result
