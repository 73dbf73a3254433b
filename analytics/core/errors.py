"""Coded errors: the core raises facts, the screen and the shell turn them into sentences with a remedy."""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """A refusal that the user can act on.

    ``code`` names the sentence in the catalogues (``error.<code>``); ``facts`` fill its blanks.
    """

    def __init__(self, code: str, /, **facts: object) -> None:
        self.code = code
        self.facts: Mapping[str, object] = facts
        super().__init__(code, facts)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}: {told}" if told else self.code


class AccessDenied(DomainError):
    """The actor lacks an action, or asked for rows outside the granted scope."""


class NotSignedIn(DomainError):
    """There is no live session behind the request."""


class ContractViolation(DomainError):
    """Data or a declaration does not keep the data contract."""


class MissingData(DomainError):
    """A question needs tables that have not been loaded; ``tables`` names them."""


class NotYet(DomainError):
    """Nothing is wrong: what is asked for has not been worked out yet, or the filters leave nothing of it."""
