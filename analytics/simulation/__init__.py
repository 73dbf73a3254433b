"""The digital twin: stock replayed period by period under a policy, on demand that was there or that a shock makes."""
