"""Errors of the bot house.

    AdvisorError
    └── RequestError    a caller's argument is wrong (date, region, measure, file)
"""

from __future__ import annotations


class AdvisorError(Exception):
    """Base of every error that this house raises on purpose."""


class RequestError(AdvisorError):
    """A caller's argument is wrong; the message says what and how to put it right."""
