"""Vector search as the tutorials do it: LangChain's splitter with Chroma, and LlamaIndex's defaults.

Both use our encoder, because theirs need a network: they differ from us in everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evals.peers.corpus import CHUNKS_ASKED, Chunk, Found, optional, plain_question
from evals.types import Case, Searched
from knowledge.texts.library import Library
from knowledge.types import Encoder


class PlainRag:
    """Recursive chunks in an in-memory Chroma collection; nearest by cosine; nothing else."""

    name = "LangChain 式 RAG（递归切分＋Chroma）"

    def __init__(self, chunks: Sequence[Chunk], encoder: Encoder) -> None:
        chroma: Any = optional("chromadb")
        self._chunks, self._encoder = chunks, encoder
        client = chroma.EphemeralClient(settings=chroma.config.Settings(anonymized_telemetry=False))
        self._collection = client.get_or_create_collection(
            "peer", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        self._collection.upsert(ids=[str(i) for i in range(len(chunks))], embeddings=encoder.encode([c.text for c in chunks]))

    def search(self, case: Case, searched: Searched) -> list[Found]:
        """The nearest chunks to all that was said."""
        vector = self._encoder.encode([plain_question(case)])
        got = self._collection.query(
            query_embeddings=vector, n_results=min(CHUNKS_ASKED, len(self._chunks)), include=["distances"]
        )
        return [Found(self._chunks[int(i)], 1 - float(d)) for i, d in zip(got["ids"][0], got["distances"][0], strict=True)]


class LlamaIndexPeer:
    """``VectorStoreIndex.from_documents`` and its retriever, defaults throughout (1,024-token nodes)."""

    name = "LlamaIndex 默认检索"

    def __init__(self, library: Library, encoder: Encoder) -> None:
        core: Any = optional("llama_index.core")
        documents = [core.Document(text=d.text, metadata={}, id_=d.id) for d in library.documents.values()]
        index = core.VectorStoreIndex.from_documents(documents, embed_model=_embedding(encoder))
        self._retriever = index.as_retriever(similarity_top_k=CHUNKS_ASKED)

    def search(self, case: Case, searched: Searched) -> list[Found]:
        """The nearest nodes to all that was said."""
        return [
            Found(Chunk(n.node.ref_doc_id, n.node.start_char_idx, n.node.end_char_idx, n.node.text), float(n.score or 0))
            for n in self._retriever.retrieve(plain_question(case))
            if n.node.start_char_idx is not None
        ]


def _embedding(encoder: Encoder) -> Any:
    """Our encoder as a LlamaIndex embedding."""
    base: Any = optional("llama_index.core.base.embeddings.base").BaseEmbedding

    def one(text: str) -> list[float]:
        return [float(x) for x in encoder.encode([text])[0]]

    async def later(self: Any, text: str) -> list[float]:
        return one(text)

    body = {
        "_get_text_embedding": lambda self, text: one(text), "_get_query_embedding": lambda self, text: one(text),
        "_aget_query_embedding": later, "_aget_text_embedding": later, "__module__": __name__,
    }  # fmt: skip
    return type("OurEmbedding", (base,), body)(model_name=encoder.name)
