"""Flow groups: what must change together, and whether it can."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..infer.values import Site
from .reasons import Reason


@dataclass(slots=True)
class Failure:
    """Why a group stays: the reason, its detail, and the line that made it so."""

    reason: Reason
    detail: str
    path: str
    line: int

    def text(self, path: str) -> str:
        """The sentence; the line is named where it is elsewhere than the finding."""
        where = f"line {self.line}" if path == self.path else f"{self.path}:{self.line}"
        return f"{self.reason.text(self.detail)} ({where})"


@dataclass(slots=True)
class Group:
    """Sites that move together. facts: what planners note of the group by name."""

    sites: set[Site]
    failure: Failure | None = None
    facts: dict[str, object] = field(default_factory=dict)


class Groups:
    """A union of sites; a failure of one site is one of its group."""

    def __init__(self) -> None:
        self._of: dict[Site, Group] = {}
        self._lasting: dict[Site, Failure] = {}

    def of(self, site: Site) -> Group:
        """The group of a site."""
        found = self._of.get(site)
        if found is None:
            found = self._of[site] = Group({site})
        return found

    def sites(self) -> list[Site]:
        """All sites that are in a group."""
        return list(self._of)

    def join(self, sites: Iterable[Site]) -> Group | None:
        """Makes one group of these sites."""
        joined: Group | None = None
        for site in sites:
            group = self.of(site)
            if joined is None or joined is group:
                joined = group
                continue
            small, large = sorted((joined, group), key=lambda g: len(g.sites))
            large.sites |= small.sites
            large.failure = joined.failure or group.failure
            for name, fact in small.facts.items():
                known = large.facts.get(name)
                if isinstance(known, set) and isinstance(fact, set):
                    fact = known | fact
                elif isinstance(known, list) and isinstance(fact, list):
                    fact = known + fact
                large.facts[name] = fact
            for member in small.sites:
                self._of[member] = large
            joined = large
        return joined

    def fail(self, site: Site, reason: Reason, detail: str, path: str, node: ast.AST) -> None:
        """Keeps a group as it is; the first reason counts, but at a site for which there is one that lasts."""
        failure = Failure(reason, detail, path, getattr(node, "lineno", 0))
        if reason.lasts:
            self._lasting.setdefault(site, failure)
        group = self.of(site)
        if group.failure is None:
            group.failure = failure

    def why(self, site: Site) -> Failure | None:
        """Why a site stays; None where it moves."""
        return self._lasting.get(site) or self.of(site).failure

    def moves(self, site: Site) -> bool:
        """Whether the site's group is migrated."""
        return self.of(site).failure is None
