"""Evidence → one score a measure. Every weight is here, with its reason.

Each source of evidence is scaled by the best it could have reached for this query, so that a score
means the same for a short and a long question; then a weighted sum. Weights were fitted by logistic
regression on citizens' questions held out of the index, then rounded (see DECISIONS.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.regions import is_province
from knowledge.texts.validity import succeeds
from knowledge.types import Document

# Evidence sources. 'question' entries speak the citizens' language, so they weigh most.
WEIGHTS: Mapping[str, float] = {
    "bm25_passage": 0.9,
    "bm25_point": 0.6,
    "bm25_question": 1.0,
    "dense_passage": 0.5,
    "dense_point": 0.7,
    "dense_question": 1.2,
    "title": 0.3,
}
# A document of the asked city answers before the province's general one, which states few amounts.
PROVINCE_WHEN_CITY_ASKED = -0.12
# For one region the newest document governs; an older one stays reachable for what the newer leaves out.
OLDER_DOCUMENT = -0.22
NAMED_DOCUMENT = 0.8  # the question names the document by 文号, year or title
PART_OF_DOCUMENT = -0.25  # preambles and closings answer only questions about the document itself


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the asker's situation says about documents."""

    as_of: date
    region: str | None
    documents: frozenset[str] = frozenset()  # named by the question


def document_prior(document: Document, documents: Iterable[Document], preferences: Preferences) -> float:
    """The bonus of a document for this asker; 0 for the governing one."""
    if preferences.documents:
        return NAMED_DOCUMENT if document.id in preferences.documents else 0.0
    prior = 0.0
    if preferences.region and document.region != preferences.region and not is_province(preferences.region):
        prior += PROVINCE_WHEN_CITY_ASKED
    newer = [d for d in documents if succeeds(d, document) and d.issued_from <= preferences.as_of]
    return prior + (OLDER_DOCUMENT if newer else 0.0) * min(len(newer), 2)


def imputed(features: Mapping[str, float]) -> dict[str, float]:
    """Features of a measure for which nobody has written questions or points (a freshly ingested document).

    Its passages stand in for them: on measures that have all three, the three kinds of evidence are
    about equal when the measure is the right one.
    """
    filled = dict(features)
    for source in ("bm25", "dense"):
        for kind in ("point", "question"):
            filled.setdefault(f"{source}_{kind}", features.get(f"{source}_passage", 0.0))
    return filled


def question_score(features: Mapping[str, float]) -> float:
    """How near a question is to known questions of one subject, covered or not."""
    return WEIGHTS["bm25_question"] * features.get("bm25_question", 0.0) + WEIGHTS["dense_question"] * features.get(
        "dense_question", 0.0
    )


def passage_score(features: Mapping[str, float]) -> float:
    """How near a question is to the words of a measure itself, on the scale of :func:`question_score`.

    The one measure by which documents with and without written questions can be compared.
    """
    return question_score({f"{source}_question": features.get(f"{source}_passage", 0.0) for source in ("bm25", "dense")})


def combine(features: Mapping[str, float]) -> float:
    """Weighted sum of scaled evidence."""
    return sum(WEIGHTS[name] * value for name, value in features.items() if name in WEIGHTS)
