"""Tests of the folder of the same name."""

from __future__ import annotations
