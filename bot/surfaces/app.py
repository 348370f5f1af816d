"""The HTTP side: our JSON routes, and the Gradio page mounted at "/".

Errors are JSON ``{"error": what went wrong, "next": what to do}``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from bot.errors import AdvisorError
from bot.settings import Settings
from bot.surfaces.app_conversations import ConversationStore
from bot.surfaces.app_headers import SafeHeaders
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from bot.advisor import Advisor

MAX_READ = 20_000  # characters; longer ones are not read at all; the advisor itself answers those that are merely too long
CONVERSATION_HEADER = "X-Conversation"
# Gradio's own notices are in English; the page's script reads them and says the same in its own place.
HEAD = "<style>.toast-wrap { display: none !important; }</style>"
_NEXT = {
    404: "请核对地址；可用的接口有 POST /api/ask、GET /api/search、GET /api/measures/{document}/{number}。",
    405: "请核对请求方法；提问用 POST /api/ask。",
    500: "请稍后再试；仍然不行，请把时间和请求告诉管理员。",
}


class AskRequest(BaseModel):
    """Body of ``POST /api/ask``. ``conversation``: the id from the header of an earlier answer, to go on with it."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=MAX_READ)
    region: str | None = Field(default=None, max_length=20)
    as_of: date | None = None
    conversation: str | None = Field(default=None, max_length=64)


def create_app(advisor: Advisor, settings: Settings) -> FastAPI:
    """The whole web application around an open advisor."""
    import gradio as gr

    from bot.surfaces.web import ASSETS, create_page, theme

    app = FastAPI(title="policy-advisor", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SafeHeaders)
    _handle_errors(app)
    _add_health(app, advisor)
    _add_api(app, advisor)
    gr.mount_gradio_app(
        app, create_page(advisor, settings), path="/", server_name=settings.host, server_port=settings.port, footer_links=[],
        run_history=False, show_error=False, enable_monitoring=False, ssr_mode=False, mcp_server=False, theme=theme(),
        head=HEAD,
        css_paths=[ASSETS / "page.css", ASSETS / "answer.css"], favicon_path=str(ASSETS / "favicon.png"), max_file_size="1kb",
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )  # fmt: skip
    return app


def problem(status: int, error: str, next_step: str) -> JSONResponse:
    """An error as the API says it."""
    return JSONResponse({"error": error, "next": next_step}, status_code=status)


def _handle_errors(app: FastAPI) -> None:
    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, raised: RequestValidationError) -> Response:
        places = "；".join(
            f"{'.'.join(str(p) for p in e['loc'] if p not in ('body', 'query'))}：{e['msg']}" for e in raised.errors()
        )
        return problem(422, f"请求不对：{places}", '请求体形如 {"question": "…", "region": "370100", "as_of": "2023-10-15"}。')

    @app.exception_handler(AdvisorError)
    @app.exception_handler(KnowledgeError)
    def refused(request: Request, raised: Exception) -> Response:
        return problem(400, str(raised), "请按提示改好后再发。")

    @app.exception_handler(HTTPException)
    def failed(request: Request, raised: HTTPException) -> Response:
        return problem(raised.status_code, str(raised.detail), _NEXT.get(raised.status_code, "请核对后再发。"))

    @app.exception_handler(Exception)
    def broken(request: Request, raised: Exception) -> Response:
        return problem(500, "服务内部出错，这次没能完成。", _NEXT[500])


def _add_health(app: FastAPI, advisor: Advisor) -> None:
    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> Response:
        try:
            regions = advisor.regions()
        except Exception:  # any failure means: send no traffic here
            regions = []
        if not regions:
            return problem(503, "知识库没有打开。", "运行 advisor doctor 查看原因。")
        return JSONResponse({"status": "ready", "regions": len(regions)})


def _add_api(app: FastAPI, advisor: Advisor) -> None:
    conversations = ConversationStore()

    @app.post("/api/ask")
    def ask(body: AskRequest, response: Response) -> dict[str, Any]:
        scope = advisor.start(body.region, body.as_of)
        with conversations.opened(body.conversation, scope) as (key, conversation):
            reply = advisor.reply(conversation, body.question)
            conversations.keep(key, reply.conversation)
        response.headers[CONVERSATION_HEADER] = key
        return reply.answer.model_dump(mode="json")

    @app.get("/api/search")
    def search(
        q: Annotated[str, Query(min_length=1, max_length=MAX_READ)], as_of: date | None = None,
        region: Annotated[str | None, Query(max_length=20)] = None, k: Annotated[int, Query(ge=1, le=50)] = 10,
    ) -> list[dict[str, Any]]:  # fmt: skip
        return advisor.search(q, as_of, region, k)

    @app.get("/api/measures/{document}/{number}")
    def measure(document: str, number: str) -> Any:
        try:
            return jsonable_encoder(advisor.measure(f"{document}/{number}"))
        except AdvisorError as missing:
            return problem(404, str(missing), "先用 GET /api/search?q=… 查到条款编号。")
