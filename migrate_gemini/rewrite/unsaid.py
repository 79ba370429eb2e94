"""What is raised where the schema that is written has no words for a piece of new code."""

from __future__ import annotations

from ..infer.values import Site


class Unsaid(Exception):
    """word: what cannot be said; owners: the sites that the edit was made for, filled in where they are known."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word
        self.owners: frozenset[Site] = frozenset()
