"""Answers test clients in the thread that asks; handing a request to two other threads takes longer than to answer it.

Only how an application is called differs from what `TestClient` does by itself; what is asked and answered is the same.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import anyio.to_thread
import httpx2
import pytest
from starlette import testclient

Message = dict[str, Any]


class _Loop:
    """An event loop that is closed when nobody has it any more."""

    def __init__(self) -> None:
        self.running = asyncio.new_event_loop()

    def __del__(self) -> None:
        self.running.close()


class _Asking(threading.local):
    """The loop of a thread in which a test client asks; None in all others."""

    loop: _Loop | None = None


_here = _Asking()
_run_in_other_thread = anyio.to_thread.run_sync


@contextmanager
def answered_where_asked() -> Iterator[None]:
    """Let every `TestClient` be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(testclient._TestClientTransport, "handle_request", _handle_request)
        patch.setattr(anyio.to_thread, "run_sync", _run_sync)
        yield
        _here.loop = None


async def _run_sync(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What is not asynchronous is run here where a test client asks, as ever where a server does."""
    if _here.loop is not None and asyncio.get_running_loop() is _here.loop.running:
        return function(*arguments)
    return await _run_in_other_thread(function, *arguments, **options)


def _handle_request(transport: Any, request: httpx2.Request) -> httpx2.Response:
    answer = _Answer(request)
    scope = _scope(transport, request)
    _here.loop = _here.loop or _Loop()
    try:
        _here.loop.running.run_until_complete(transport.app(scope, answer.receive, answer.send))
    except Exception:
        if transport.raise_server_exceptions:
            raise
    if answer.status is None:
        if transport.raise_server_exceptions:
            raise AssertionError("The application gave no answer.")
        return httpx2.Response(500, request=request)
    stream = httpx2.ByteStream(b"" if request.method == "HEAD" else b"".join(answer.body))
    return httpx2.Response(answer.status, headers=answer.headers, stream=stream, request=request)


class _Answer:
    """The body of one request on its way in, the answer on its way out (ASGI, HTTP)."""

    def __init__(self, request: httpx2.Request) -> None:
        self._request, self._sent, self._whole = request, False, False
        self.status: int | None = None
        self.headers: list[tuple[str, str]] = []
        self.body: list[bytes] = []

    async def receive(self) -> Message:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": self._request.read()}
        while not self._whole:  # a disconnection is told when the answer is there
            await asyncio.sleep(0.001)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.decode(), value.decode()) for name, value in message.get("headers", [])]
        elif message["type"] == "http.response.body":
            self.body.append(message.get("body", b""))
            self._whole = not message.get("more_body", False)


def _scope(transport: Any, request: httpx2.Request) -> dict[str, Any]:
    url = request.url
    headers = [(name.lower().encode(), value.encode()) for name, value in request.headers.multi_items()]
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": unquote(url.path),
        "raw_path": url.raw_path.split(b"?", 1)[0],
        "root_path": transport.root_path,
        "scheme": url.scheme,
        "query_string": url.query,
        "headers": headers,
        "client": transport.client,
        "server": [url.host, url.port or {"http": 80, "https": 443}[url.scheme]],
        "extensions": {},
        "state": transport.app_state.copy(),
    }
