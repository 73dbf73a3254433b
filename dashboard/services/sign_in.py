"""Signing in and out, and who stands behind a session now."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import BoundedSemaphore
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from analytics.core.access import Actor, Viewer
from analytics.core.calendar import day_of
from analytics.core.errors import DomainError, NotSignedIn
from dashboard.services.security_log import told
from dashboard.services.standing import Limits, SessionPolicy
from dashboard.services.viewing import why_over
from dashboard.settings import Settings
from data.store.accounts import LOCAL, subject_of
from data.store.identity import Identity, Limit, Session
from data.store.records import User

Proof = TypeVar("Proof")
Proof_contra = TypeVar("Proof_contra", contravariant=True)

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SignInRefused(DomainError):
    """Nobody is told whether the name, the password or the account was at fault."""


class SignInThrottled(DomainError):
    """Too many wrong attempts; ``minutes`` says when to come back."""


class SignInMethod(Protocol[Proof_contra]):
    """A way to prove who one is: local accounts here, an OpenID provider beside them."""

    @property
    def issuer(self) -> str: ...

    def subject(self, proof: Proof_contra) -> str:
        """Whom the proof claims to be, as the issuer names people; counted by the throttle."""
        ...

    def identify(self, proof: Proof_contra) -> User | None:
        """The enabled account that the proof belongs to, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """Name and password as typed."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LocalAccounts:
    """Name and password against this installation's own accounts."""

    identity: Identity
    # Hashing takes 46 MiB and a core for a moment; a burst of attempts must not take the server's memory.
    turns: AbstractContextManager[object] = field(default_factory=lambda: BoundedSemaphore(4))
    issuer: str = LOCAL

    def subject(self, proof: Credentials) -> str:
        return subject_of(proof.name)

    def identify(self, proof: Credentials) -> User | None:
        with self.turns:
            return self.identity.verify(name=proof.name, password=proof.password)

    def change(self, proof: Credentials, *, keep: str | None, now: datetime) -> None:
        """Give the account of that name this password and end its sessions, except the one of digest ``keep``."""
        with self.turns:
            self.identity.set_password(name=proof.name, password=proof.password, now=now, keep=keep)


@dataclass(frozen=True, slots=True)
class Opened:
    """A fresh session. ``token`` is known to the browser alone: the store keeps its digest."""

    token: str = field(repr=False)
    expires_at: datetime
    user: User


@dataclass(frozen=True, slots=True)
class SignIn:
    """Opens, reads and ends sessions."""

    identity: Identity
    limits: Limits

    def sign_in(
        self, method: SignInMethod[Proof], proof: Proof, *, address: str, now: datetime, previous: str | None = None
    ) -> Opened:
        """Open a session under a token of its own and end ``previous``, the session that the browser came with.

        Raises SignInThrottled, or SignInRefused without saying why.
        """
        user = self.prove(method, proof, address=address, now=now)
        self.sign_out(previous, now=now)
        told("sign_in.opened", user=user.id, name=user.name)
        return self._open(user, now)

    def prove(self, method: SignInMethod[Proof], proof: Proof, *, address: str, now: datetime) -> User:
        """The account that the proof belongs to; whoever guesses is slowed down, wherever the guess is made.

        Raises SignInThrottled, or SignInRefused without saying why.
        """
        policy = self.limits(now, None)
        account = digest(f"{method.issuer}\x1f{method.subject(proof)}")
        limits = (
            Limit("account", account, policy.failures_per_account),
            Limit("address", digest(address), policy.failures_per_address),
        )
        if not self.identity.admit(limits, now=now, window=policy.failure_window):
            told("sign_in.throttled", account=account, address=digest(address))
            minutes = int(policy.failure_window.total_seconds() // 60)
            raise SignInThrottled("sign_in_throttled", minutes=minutes)
        user = method.identify(proof)
        if user is None:
            told("sign_in.refused", account=account, address=digest(address))
            raise SignInRefused("sign_in_refused")
        self.identity.forgive("account", account)
        self.identity.take_back("address", digest(address), at=now)
        return user

    def actor(self, token: str | None, *, now: datetime, attended: bool = True) -> Actor:
        """Who stands behind a session token; roles and grants are read anew each time.

        Asked without anybody there (``attended``), the session goes on growing idle.
        Raises NotSignedIn: not_signed_in, session_revoked, session_expired, session_idle or account_disabled.
        """
        if not token:
            raise NotSignedIn("not_signed_in")
        return self._actor(digest(token), now, attended=attended)

    def again(self, actor: Actor, *, now: datetime) -> Actor:
        """The same person as of now, for work that outlives the page that started it; raises NotSignedIn."""
        if actor.session_id is None:
            raise NotSignedIn("not_signed_in")
        return self._actor(actor.session_id, now)

    def sign_out(self, token: str | None, *, now: datetime) -> None:
        """End the session behind the token, if there is one, and what it looks at as somebody else."""
        if token:
            self.end_viewing(digest(token), why="signed_out", now=now)
            self.identity.revoke(digest(token), now=now)

    def end_viewing(self, token_digest: str, *, now: datetime, why: str = "ended") -> None:
        """Whoever looks at the app as somebody else in that session is oneself again."""
        session = self.identity.session(token_digest)
        if session is not None:
            told("sign_out" if why == "signed_out" else "view_as.ended", user=session.user.id, name=session.user.name)
            self.identity.end_viewing(session, why=why, now=now)

    def _open(self, user: User, now: datetime) -> Opened:
        token = secrets.token_urlsafe(32)
        policy = self.limits(now, None)
        lasts, idle = policy.absolute, policy.idle
        self.identity.open_session(user.id, token_digest=digest(token), now=now, lasts=lasts, idle=idle)
        return Opened(token, now + lasts, user)

    def _actor(self, token_digest: str, now: datetime, *, attended: bool = True) -> Actor:
        session = self.identity.session(token_digest)
        if session is None:
            raise NotSignedIn("not_signed_in")
        policy = self.limits(now, session.policies)
        try:
            _check_live(session, policy, now)
        except NotSignedIn as over:
            self.identity.end_viewing(session, why=over.code, now=now)
            raise
        if attended and now - session.last_seen_at >= policy.touch_every:
            self.identity.touch(token_digest, now=now)
        own = _actor_of(session.user, token_digest, now)
        return own if session.viewing is None else self._viewing(own, session, now)

    def _viewing(self, own: Actor, session: Session, now: datetime) -> Actor:
        """Whoever ``own`` looks at the app as, as of now; themselves once that is over."""
        viewing = session.viewing
        why = why_over(own, viewing, now=now) if viewing else None
        if viewing is None or why is not None:
            self.identity.end_viewing(session, why=why or "", now=now)
            return own
        viewer = Viewer(own.user_id, own.name, viewing.ends_at)
        return replace(_actor_of(viewing.user, session.token_digest, now), viewer=viewer)


def _actor_of(user: User, session_id: str, now: datetime) -> Actor:
    return Actor(user.id, user.name, user.roles, user.grants_on(day_of(now)), session_id=session_id)


def _check_live(session: Session, policy: SessionPolicy, now: datetime) -> None:
    # What was promised when it was opened holds, unless the limits have become tighter since.
    if session.revoked_at is not None:
        raise NotSignedIn("session_revoked")
    if session.user.disabled:
        raise NotSignedIn("account_disabled")
    if now >= min(session.expires_at, session.created_at + policy.absolute):
        raise NotSignedIn("session_expired")
    if now - session.last_seen_at >= min(session.idle, policy.idle):
        raise NotSignedIn("session_idle")


def digest(text: str) -> str:
    """SHA-256 in hexadecimal: what the store keeps of tokens, names and addresses."""
    return hashlib.sha256(text.encode()).hexdigest()


def served_securely(settings: Settings) -> bool:
    """Whether cookies are ``Secure``: always, except on plain http on this very machine."""
    address = urlsplit(settings.base_url)
    return not (address.scheme == "http" and address.hostname in _LOOPBACK)


def session_cookie_name(settings: Settings) -> str:
    """Name of the session cookie; the prefix makes browsers refuse one set by a neighbour or over http."""
    return "__Host-waterline" if served_securely(settings) else "waterline"
