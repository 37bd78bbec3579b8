"""The life of a case: which move leads from where to where, and what it needs. The actions read this table."""

from dataclasses import dataclass

from geo.faults import Fault

OPEN_STATES = ("registered", "assigned", "returned", "rectifying", "review", "deferred")


@dataclass(frozen=True)
class Move:
    """One move: the action that makes it, the states it may leave, the state it reaches, the fields it needs."""

    action: str
    zh: str
    en: str
    leaves: tuple[str, ...]
    reaches: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()          # fields it may set beside those it needs


MOVES = {move.action: move for move in (
    Move("assign_case", "交办", "Assign", ("registered", "returned"), "assigned", ("unit_code", "handler", "due_on")),
    Move("return_case", "退回", "Return", ("assigned",), "returned", ("note",)),
    Move("accept_case", "整改", "Start rectifying", ("assigned",), "rectifying"),
    Move("submit_case_for_review", "提请复核", "Submit for review", ("rectifying", "deferred"), "review", ("measure",),
         ("root_cause",)),
    Move("rework_case", "重办", "Rework", ("review",), "rectifying", ("note",)),
    Move("defer_case", "延期整改", "Defer", ("assigned", "rectifying"), "deferred", ("deferred_until", "deferred_by")),
    Move("close_case", "销号", "Close", ("review",), "closed", ("verified_by",)),
    Move("reopen_case", "复发重开", "Reopen", ("closed",), "rectifying", ("note",)),
)}


def check_move(action: str, state: str, fields: dict) -> Move:
    """Return the move ``action`` makes from ``state``; a Fault says why it cannot."""
    move = MOVES[action]
    if state not in move.leaves:
        raise Fault("move_not_open", move=action, state=state)
    beside = sorted(name for name, value in fields.items()
                    if value is not None and name not in (*move.needs, *move.takes, "note"))
    if beside:
        raise Fault("move_takes_not", move=action, fields=", ".join(beside))
    absent = [name for name in move.needs if not fields.get(name)]
    if absent:
        raise Fault("move_needs", move=action, fields=", ".join(absent))
    return move


def moves_from(state: str) -> list[Move]:
    """Return the moves that leave ``state``."""
    return [move for move in MOVES.values() if state in move.leaves]
