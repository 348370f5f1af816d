"""Errors of the knowledge house. Every message names the thing, the place and the next command.

KnowledgeError
├── DocumentError        a document cannot be read, parsed or found
├── DataError            a data file under knowledge/data is malformed or contradicts its clause
├── BrokenIndexError     the index is missing, stale, half-written or built by another encoder
├── QueryError           a search argument is out of range
├── RegionError          an unknown region code or name
└── FactError            a fact is unknown, missing, of the wrong unit or out of range
    └── BenefitNotFound  no benefit of that id
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Base of every error that this house raises on purpose."""


class DocumentError(KnowledgeError):
    """A document cannot be read, parsed or found."""


class DataError(KnowledgeError):
    """A data file is malformed, or a figure in it does not stand in its clause."""


class BrokenIndexError(KnowledgeError):
    """The index is missing, stale, half-written, or was built by another encoder."""


class QueryError(KnowledgeError):
    """A search argument is out of range."""


class RegionError(KnowledgeError):
    """An unknown region code or name."""


class FactError(KnowledgeError):
    """A fact is unknown, missing, of the wrong unit or out of range."""


class BenefitNotFound(FactError):
    """No benefit of that id or name."""


class BenefitAmbiguous(FactError):
    """Several benefits of that name govern on that day."""
