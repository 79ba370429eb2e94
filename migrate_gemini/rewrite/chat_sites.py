"""Chats and their messages taken apart, and what their group needs of the code that they become."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

import libcst as cst

from ..infer.values import Site
from .edits import Context
from .parts import Parts
from .plan import Plan

KINDS = frozenset(("LChat", "GChat", "AGChat"))
HISTORY = frozenset(("History", "Turn", "TurnParts", "TurnPart"))


@dataclass(slots=True)
class ChatSite:
    """A start_chat(...) or chats.create(...) call taken apart. steps: the code of its history, where that is steps."""

    path: str
    node: ast.Call
    receiver: ast.expr
    legacy: bool
    parts: Parts
    old: dict[str, ast.expr | ast.keyword]
    name: ast.expr | None = None
    history: ast.expr | None = None
    steps: Callable[[Context], str] | None = None


@dataclass(slots=True)
class Send:
    """One message: its call (or its method, where that is passed as a value), and where the statement with its
    interaction's id can go. blocked: a clause of the program catches what it raised for a blocked prompt or answer;
    flag: says at run time whether it streams; work: what was asked for to turn its message."""

    path: str
    node: ast.expr
    receiver: ast.expr
    site: Site
    method: str
    parts: Parts
    old: dict[str, ast.expr | ast.keyword]
    code: Callable[[Context], str | cst.BaseExpression]
    stream: bool
    is_async: bool
    legacy: bool = True
    loop: ast.AST | None = None
    client: Callable[[Context], str] | None = None
    aio: str = ".aio"
    blocked: bool = False
    flag: ast.expr | None = None
    work: tuple[object, ...] = ()


def needs_class(plan: Plan, site: Site, why: str) -> None:
    """Notes why the chats of a site's group become a class; see `wants`."""
    wanted = plan.groups.of(site).facts.setdefault("class", set())
    assert isinstance(wanted, set)
    wanted.add(why)


def wants(plan: Plan, site: Site) -> set[str]:
    """Why the chats of a site's group become a class; nothing where a dict does."""
    wanted = plan.groups.of(site).facts.get("class", set())
    assert isinstance(wanted, set)
    return wanted
