"""Argon2id hashes of passwords, checked in the same time whether the account exists or not."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from analytics.core.errors import DomainError

SHORTEST = 10
LONGEST = 256
"""Nobody types more; hashing megabytes would be a way to keep the server busy."""

# 46 MiB, one pass, one lane: the first of the equivalent settings in OWASP's password storage guide.
_HASHER = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)


def hash_password(password: str, *, name: str) -> str:
    """Argon2id hash; raises DomainError ``password_weak`` for one too short, too long or equal to the name."""
    if not SHORTEST <= len(password) <= LONGEST or password.casefold() == name.casefold():
        raise DomainError("password_weak", length=len(password), shortest=SHORTEST, longest=LONGEST)
    return _HASHER.hash(password)


def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` belongs to the hash; without a hash the same work is done and the answer is no."""
    try:
        _HASHER.verify(password_hash or _decoy(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None and len(password) <= LONGEST


def is_dated(password_hash: str) -> bool:
    """Whether the hash was made with settings that are no longer used."""
    return _HASHER.check_needs_rehash(password_hash)


@cache
def _decoy() -> str:
    return _HASHER.hash("nobody signs in with this")
