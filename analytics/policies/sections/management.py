"""Management: when a move is unusual, pilots, benchmarks and carbon."""

from __future__ import annotations

from analytics.policies.policy import Measure, Policy
from analytics.policies.sections.shorthand import count, decimal, share

POLICIES: tuple[Policy, ...] = (
    decimal("management.unusual_sigmas", Measure.FACTOR, "3", "1", "6", owner="sales", used_by=("today",)),
    share("management.pilot_power", "0.80", "0.5", "0.99", owner="sales"),
    share("management.pilot_significance", "0.05", "0.001", "0.2", owner="sales"),
    count("management.benchmark_dealers", 5, 5, 100, owner="partners"),
    decimal("management.carbon_factor", Measure.EMISSION, "0.10", "0", "5", owner="supply"),
)
