"""Fills and stores the nouns of the analytics core: contract, sources, lake, marts, engines, store, sample."""
