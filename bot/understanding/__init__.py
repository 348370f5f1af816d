"""Reading a message in its conversation: deterministic, always on, no model."""

from bot.understanding.reading import understand

__all__ = ["understand"]
