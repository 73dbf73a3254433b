"""The data contract: every table declared once."""

from __future__ import annotations

from analytics.core.errors import ContractViolation
from data.contract.schema import Table
from data.contract.tables import marketing, master, members, orders, outside, partners, pricing, stock, supply

_SECTIONS = (master, orders, stock, supply, pricing, members, marketing, partners, outside)

TABLES: dict[str, Table] = {table.name: table for section in _SECTIONS for table in section.TABLES}


def contract_table(name: str) -> Table:
    """The declaration of ``name``; raises ContractViolation that lists what exists."""
    try:
        return TABLES[name]
    except KeyError:
        raise ContractViolation("unknown_table", table=name, known=", ".join(sorted(TABLES))) from None
