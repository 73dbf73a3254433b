"""From a forecast to what should be ordered: net position, order-up-to, limits, transfers, evidence."""
