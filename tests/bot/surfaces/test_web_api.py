"""The JSON routes: the contract as it is, errors in words, nothing of Gradio's side doors open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.settings import Settings
from bot.surfaces.app import CONVERSATION_HEADER, create_app
from bot.surfaces.app_conversations import ConversationStore
from bot.surfaces.app_headers import MAX_BODY
from bot.types import Answer, Conversation
from tests.bot.surfaces.web_fake import FakeAdvisor


@pytest.fixture(scope="module")
def advisor() -> FakeAdvisor:
    return FakeAdvisor()


@pytest.fixture(scope="module")
def client(advisor: FakeAdvisor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(advisor, Settings(home=Path(tmp_path_factory.mktemp("home"))))
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def test_ask_returns_the_contract(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": "能领多少", "region": "370100", "as_of": "2023-10-15"})
    assert response.status_code == 200
    answer = Answer.model_validate(response.json())
    assert (answer.contract, answer.region, answer.as_of.isoformat()) == (1, "370100", "2023-10-15")


def test_a_conversation_goes_on_by_its_id(client: TestClient, advisor: FakeAdvisor) -> None:
    first = client.post("/api/ask", json={"question": "能领多少", "region": "370700"})
    client.post("/api/ask", json={"question": "那八个人呢", "conversation": first.headers[CONVERSATION_HEADER]})
    conversation, _ = advisor.asked[-1]
    assert [e.question for e in conversation.exchanges] == ["能领多少"]
    assert conversation.region == "370700"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": 1},
        {"question": "x", "as_of": "昨天"},
        {"question": "x", "extra": 1},
        {"question": "x" * 20_001},
        {"question": "x", "region": "999999"},
        {"question": "x", "conversation": "gone"},
    ],
)
def test_wrong_requests_are_explained(client: TestClient, body: dict[str, object]) -> None:
    response = client.post("/api/ask", json=body)
    assert response.status_code in (400, 422)
    assert set(response.json()) == {"error", "next"}


def test_a_bug_is_no_stack_trace(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": "出错"})
    assert response.status_code == 500
    assert set(response.json()) == {"error", "next"}
    assert "a bug" not in response.text


def test_a_huge_body_is_not_read(client: TestClient) -> None:
    response = client.post("/api/ask", content=b"x" * (MAX_BODY + 1))
    assert response.status_code == 413
    assert set(response.json()) == {"error", "next"}


def test_search_and_measures(client: TestClient, advisor: FakeAdvisor) -> None:
    hits = client.get("/api/search", params={"q": "补贴", "k": 3}).json()
    assert len(hits) == 3
    measure = client.get("/api/measures/" + hits[0]["measure"]).json()
    assert measure["text"] == advisor.library.measures[hits[0]["measure"]].text
    assert client.get("/api/measures/none/1").status_code == 404
    assert client.get("/api/search", params={"q": "x", "k": 0}).status_code == 422


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["status"] == "ready"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/monitoring", "/monitoring/summary", "/gradio_api/runs"])
def test_side_doors_are_closed(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (403, 404)


def test_the_page_is_served_with_safe_headers(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "就业政策顾问" in response.text
    policy = response.headers["content-security-policy"]
    assert "http" not in policy
    assert "frame-ancestors 'self'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"


def test_kept_conversations_are_bounded_and_forgotten() -> None:
    now = [0.0]
    store = ConversationStore(most=2, keep_s=10, clock=lambda: now[0])
    keys = []
    for _ in range(3):
        with store.opened(None, Conversation("c")) as (key, conversation):
            store.keep(key, conversation)
            keys.append(key)
    assert len(set(keys)) == 3
    with pytest.raises(Exception, match="过期"), store.opened(keys[0], Conversation("c")):
        pass
    now[0] = 11.0
    with pytest.raises(Exception, match="过期"), store.opened(keys[2], Conversation("c")):
        pass
