"""Demand and forecasts: from sales with stock-outs to joint sample paths of demand, by candidates that race."""
