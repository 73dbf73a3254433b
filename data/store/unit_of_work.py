"""The door to the store: one transaction, cut to one scope."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from analytics.core.access import Scope
from analytics.core.errors import AccessDenied
from data.store.audit_trail import Audit
from data.store.disclosures import Disclosures
from data.store.engine import Store
from data.store.forecast_runs import ForecastRuns
from data.store.jobs import Jobs
from data.store.plans import Plans
from data.store.policies import PolicyChanges
from data.store.proposals import Proposals
from data.store.receipts import Receipts
from data.store.repositories import Builds, Loads, Users
from data.store.saved_views import SavedViews
from data.store.scores import Scores


class UnitOfWork:
    """One transaction over loads, builds, users, policies, jobs, forecasts, proposals, saved views, the trail and what
    left.

    Leaving the block without :meth:`commit` undoes everything.
    ``scope`` must be a :class:`Scope`: there is no default, and writes of the brand's data demand its root.
    ``reading=True`` waits for no writer and cannot write. ``below``: partners under the scope's anchors in the
    published tree, which the store does not know; without it only the anchors' own proposals are within reach.
    """

    loads: Loads
    builds: Builds
    users: Users
    policies: PolicyChanges
    jobs: Jobs
    audit: Audit
    disclosures: Disclosures
    forecast_runs: ForecastRuns
    proposals: Proposals
    plans: Plans
    receipts: Receipts
    scores: Scores
    saved_views: SavedViews

    def __init__(
        self, store: Store, scope: Scope, *, reading: bool = False, below: frozenset[str] = frozenset()
    ) -> None:
        if not isinstance(scope, Scope):
            raise AccessDenied("no_scope")
        self._store = store
        self._scope = scope
        self._reading = reading
        self._below = below
        self._open = ExitStack()
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        if self._connection is not None:
            raise RuntimeError("a unit of work is entered once")
        door = self._store.reading() if self._reading else self._store.writing(commit=False)
        connection = self._open.enter_context(door)
        self._connection = connection
        self.loads = Loads(connection, self._scope)
        self.builds = Builds(connection, self._scope)
        self.users = Users(connection, self._scope)
        self.policies = PolicyChanges(connection, self._scope)
        self.jobs = Jobs(connection, self._scope)
        self.audit = Audit(connection, self._scope)
        self.disclosures = Disclosures(connection, self._scope)
        self.forecast_runs = ForecastRuns(connection, self._scope)
        self.saved_views = SavedViews(connection)
        self.proposals = Proposals(connection, self._scope, self._below)
        self.plans = Plans(connection, self._scope, self._below)
        self.receipts = Receipts(connection, self._scope, self._below)
        self.scores = Scores(connection, self._scope, self._below)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing the connection rolls back whatever was not committed.
        self._open.__exit__(kind, error, trace)

    def commit(self) -> None:
        """Make everything done in this block last; nothing can be done in it afterwards."""
        transaction = None if self._connection is None else self._connection.get_transaction()
        if transaction is None or self._reading:
            raise RuntimeError("nothing to commit: outside the block, committed before, or reading only")
        transaction.commit()
        transaction.connection.close()
