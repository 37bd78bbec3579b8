"""What one person may see, as conditions on the tables; counts, maps and exports all pass through here."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.people import Actor
from data.permissions import BASE_LAYERS, OFFICE_BOOKS
from data.store.schema import FEATURE, PERSON, RECORD, table_of


def _live(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.withdrawn_at.is_(None) & table.c.superseded_at.is_(None)


@dataclass(frozen=True)
class Scope:
    """The districts, reaches, posts, other waters and units whose rows a person sees; ``all`` sees everything."""

    name: str
    everything: bool = False
    nothing: bool = False
    districts: frozenset[str] = frozenset()
    reaches: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple:
        """Hashable identity: equal scopes see equal rows."""
        return (self.name, self.everything, self.nothing, self.districts, self.reaches, self.posts, self.objects,
                self.units)

    def condition(self, kind: str) -> sa.ColumnElement[bool]:
        """Return the SQL condition on the rows of ``kind`` that this person sees."""
        if self.everything:
            return sa.true()
        if self.nothing:
            return sa.false()
        if kind in BASE_LAYERS or kind in OFFICE_BOOKS:
            return sa.true()
        table = table_of(kind)
        if kind == "account":
            return table.c.name == self.name
        seen = [table.c.created_by == self.name]
        if "district_code" in table.c:
            seen.append(table.c.district_code.in_(self.districts))
        if "reach_code" in table.c:
            seen.append(table.c.reach_code.in_(self.reaches))
        if kind == "patrol":
            seen.append(table.c.post_code.in_(self.posts))
            seen.append(table.c.id.in_(sa.select(PERSON.c.patrol_id).where(PERSON.c.post_code.in_(self.posts))))
        if kind == "case":
            seen.append(table.c.unit_code.in_(self.units))
        if "outfall_code" in table.c or kind == "outfall":
            cases = RECORD["case"]
            handled = sa.select(cases.c.outfall_code).where(cases.c.unit_code.in_(self.units), _live(cases))
            seen.append((FEATURE.c.code if kind == "outfall" else table.c.outfall_code).in_(handled))
        if table is FEATURE:
            seen.append(table.c.code.in_(self.objects))
        return sa.or_(*seen)


def subordinate_posts(pairs: list[tuple[str, str | None]], posts: set[str]) -> set[str]:
    """Return ``posts`` and all posts below them; ``pairs`` are (code, parent_code). A loop of parents ends."""
    below: dict[str, list[str]] = {}
    for code, parent in pairs:
        if parent:
            below.setdefault(parent, []).append(code)
    found, todo = set(), list(posts)
    while todo:
        post = todo.pop()
        if post not in found:
            found.add(post)
            todo.extend(below.get(post, ()))
    return found


def scope_of(connection: Connection, actor: Actor) -> Scope:
    """Work out what ``actor`` sees from their grants, the posts below theirs and the waters of those posts."""
    if actor.sees_all or any(g.role == "inspector" and not (g.districts or g.reaches) for g in actor.grants):
        return Scope(actor.name, everything=True)
    working = [grant for grant in actor.grants if grant.role not in ("anonymous", "disabled")]
    if not working:
        return Scope(actor.name, nothing=True)
    post, responsibility = RECORD["post"], RECORD["responsibility"]
    districts = {code for grant in working for code in grant.districts}
    pairs = [(row.code, row.parent_code) for row in
             connection.execute(sa.select(post.c.code, post.c.parent_code).where(_live(post)))]
    posts = subordinate_posts(pairs, {code for grant in working for code in grant.posts})
    posts |= {row.code for row in connection.execute(
        sa.select(post.c.code).where(_live(post), post.c.district_code.in_(districts)))}
    reaches = {code for grant in working for code in grant.reaches}
    objects: set[str] = set()
    for row in connection.execute(sa.select(responsibility.c.object_layer, responsibility.c.object_code)
                                  .where(_live(responsibility), responsibility.c.post_code.in_(posts))):
        (reaches if row.object_layer in (None, "reach") else objects).add(row.object_code)
    units = {grant.unit_code for grant in working if grant.unit_code}
    return Scope(actor.name, districts=frozenset(districts), reaches=frozenset(reaches), posts=frozenset(posts),
                 objects=frozenset(objects), units=frozenset(units))
