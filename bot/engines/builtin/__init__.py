"""The embedded engine: deterministic, no model. Picks what the documents say, computes, asks, or abstains."""

from bot.engines.builtin.engine import draft

__all__ = ["draft"]
