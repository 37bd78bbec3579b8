"""Who acts: a person with one or more roles, each scoped to districts, posts or reaches."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grant:
    """One role and where it holds; empty scope means everywhere the role can reach."""

    role: str
    districts: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    reaches: tuple[str, ...] = ()
    unit_code: str = ""


@dataclass(frozen=True)
class Actor:
    """A person (or the terminal's operator) with grants."""

    name: str
    display_name: str
    grants: tuple[Grant, ...]

    @property
    def roles(self) -> frozenset[str]:
        """Names of all roles held."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def posts(self) -> tuple[str, ...]:
        """All posts the person acts for."""
        return tuple(dict.fromkeys(post for grant in self.grants for post in grant.posts))

    @property
    def sees_all(self) -> bool:
        """Whether some role is unscoped and reads everything."""
        return any(grant.role in WIDE and not grant.districts for grant in self.grants)


WIDE = frozenset({"operator", "admin", "planner", "supervisor"})
OPERATOR = Actor("operator", "operator", (Grant("operator"),))
ANONYMOUS = Actor("anonymous", "anonymous", (Grant("anonymous"),))
