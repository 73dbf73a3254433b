"""What every use case has in common: whoever looks at the app as somebody else changes nothing.

A public method counts as a command until :func:`reads` says otherwise, so that a forgotten mark refuses too much and
never too little.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import isfunction
from typing import Any, TypeVar

from dashboard.services.desk import Desk

Method = TypeVar("Method", bound=Callable[..., Any])

_READS = "__reads__"


def reads(method: Method) -> Method:
    """Mark a method of a use case that changes nothing: it answers those who look as somebody else, too."""
    setattr(method, _READS, True)
    return method


def is_reading(method: Callable[..., Any]) -> bool:
    return getattr(method, _READS, False)


class UseCase:
    """Base of every use case; sub-classes keep the desk that they work at as ``_desk``."""

    __slots__ = ()
    _desk: Desk

    def __init_subclass__(cls) -> None:
        for name, member in list(vars(cls).items()):
            if isfunction(member) and not name.startswith("_") and not is_reading(member):
                setattr(cls, name, _in_person(member))


def _in_person(command: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(command)
    def carried_out(self: UseCase, *arguments: Any, **named: Any) -> Any:
        self._desk.in_person(f"{command.__module__.rpartition('.')[2]}.{command.__name__}")
        return command(self, *arguments, **named)

    return carried_out
