"""Errors of the bot house.

AdvisorError
├── RequestError    a caller's argument is wrong (date, region, measure, file)
├── PromptError     a prompt file is missing, malformed, or called with other variables than it declares
└── ModelError      the language model gave nothing that can be used (the builtin engine answers instead)
"""

from __future__ import annotations


class AdvisorError(Exception):
    """Base of every error that this house raises on purpose."""


class RequestError(AdvisorError):
    """A caller's argument is wrong; the message says what and how to put it right."""


class PromptError(AdvisorError):
    """A prompt file is missing or malformed, or was called with other variables than it declares."""


class ModelError(AdvisorError):
    """The language model gave nothing that can be used. Never reaches the user: the builtin engine answers."""
