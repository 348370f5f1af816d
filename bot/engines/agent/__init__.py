"""The optional engine with a language model. Importing it costs nothing: its library is loaded on first use."""

from bot.engines.agent.engine import degraded, draft, warm

__all__ = ["degraded", "draft", "warm"]
