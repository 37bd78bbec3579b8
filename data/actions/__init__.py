"""Everything a person does to the books, one function each; ``run`` is the only caller."""

from data.actions import cases, field_work, offices, patrols, withdrawals  # noqa: F401  (they register their actions)
from data.actions.base import ACTIONS, read_input, run

__all__ = ["ACTIONS", "read_input", "run"]
