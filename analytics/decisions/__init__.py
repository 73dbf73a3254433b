"""Decisions: what is proposed, who may decide it how, and what came of it."""
