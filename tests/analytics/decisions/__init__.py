"""Tests of proposals and of what happens to them."""
