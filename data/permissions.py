"""Who may do what: one table of role × action, and the sentence for a no. Every action has a row; a test counts them."""

from data.people import Actor
from geo.faults import Fault

FIELD = ("inspector", "planner", "admin")
OFFICE = ("planner", "admin")
SIGNED_IN = ("inspector", "chief", "handler", "planner", "supervisor", "admin")

ALLOWED: dict[str, tuple[str, ...]] = {
    "submit_patrol": ("chief", "inspector", "planner", "admin"),
    "submit_inspection": FIELD,
    "submit_finding": ("chief", *FIELD, "supervisor"),
    "complete_finding": ("chief", *FIELD, "supervisor"),
    "add_outfall": FIELD,
    "confirm_outfall": OFFICE,
    "open_case": OFFICE,
    "assign_case": OFFICE,
    "return_case": ("handler", "admin"),
    "accept_case": ("handler", "admin"),
    "submit_case_for_review": ("handler", "admin"),
    "rework_case": ("planner", "supervisor", "admin"),
    "defer_case": OFFICE,
    "close_case": ("planner", "supervisor", "admin"),
    "reopen_case": ("planner", "supervisor", "admin"),
    "dismiss_finding": OFFICE,
    "import_file": ("inspector", "chief", "planner", "admin"),
    "withdraw": ("inspector", "chief", "planner", "admin"),
    "correct": OFFICE,
    "appoint": OFFICE,
    "assign_responsibility": OFFICE,
    "add_account": ("admin",),
    "set_city": ("admin",),
    "reverse_reach": OFFICE,
    "keep_report": ("planner", "supervisor", "admin", "chief", "inspector", "handler"),
    "seed": (),
}
"""Action → roles. The terminal's ``operator`` may do everything and is audited as such."""

BASE_LAYERS = ("river", "reach", "lake", "district", "landmark", "section", "settlement", "reservoir", "wetland")
"""Layers that any signed-in person sees: the ground, without findings on it."""

OFFICE_BOOKS = ("unit", "post", "holder", "responsibility", "calendar", "rain", "no_access")
"""Records that any signed-in person sees: who is responsible for what is public (公示牌)."""

IMPORTABLE: dict[str, tuple[str, ...]] = {
    "inspector": ("outfall", "inspection", "finding", "sample"),
    "chief": ("patrol",),
}
"""What the narrower roles may import; planners and administrators import everything."""


def can(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may do ``action`` at all (its object is checked by the action itself)."""
    return "operator" in actor.roles or bool(actor.roles & set(ALLOWED[action]))


def check(actor: Actor, action: str) -> None:
    """Raise the sentence for a no."""
    if not can(actor, action):
        raise Fault("not_allowed", action=action, actor=actor.name)


def can_import(actor: Actor, layer: str) -> bool:
    """Whether ``actor`` may import ``layer``."""
    if not can(actor, "import_file"):
        return False
    if layer == "account":            # a grant is an administrator's to give, by whatever door
        return can(actor, "add_account")
    if actor.roles & {"operator", "planner", "admin"}:
        return True
    return any(layer in IMPORTABLE.get(role, ()) for role in actor.roles)


def check_import(actor: Actor, layer: str) -> None:
    """Raise the sentence for a no."""
    if not can_import(actor, layer):
        raise Fault("not_allowed", action=f"import {layer}", actor=actor.name)
