"""A client of an application in this process: httpx over ASGI, answered in the thread that asks."""

import asyncio
import threading
from typing import Any

import httpx2
from starlette.types import ASGIApp

BASE_URL = "http://testserver"


class Client(httpx2.Client):
    """Asks `app` as a browser or a program would; with `raise_server_exceptions` its errors are those of the test."""

    def __init__(
        self,
        app: ASGIApp,
        base_url: str = BASE_URL,
        *,
        raise_server_exceptions: bool = True,
        follow_redirects: bool = True,
        headers: dict[str, str] | None = None,
        cookies: Any = None,
    ) -> None:
        super().__init__(
            base_url=base_url,
            headers={"user-agent": "testclient"} | (headers or {}),
            cookies=cookies,
            follow_redirects=follow_redirects,
            transport=_InProcess(app, raise_server_exceptions),
        )


class _InProcess(httpx2.BaseTransport):
    """Runs the application in an event loop of the thread that asks, until the answer is there."""

    def __init__(self, app: ASGIApp, raise_app_exceptions: bool) -> None:
        self._transport = httpx2.ASGITransport(
            app=app,
            raise_app_exceptions=raise_app_exceptions,
            client=("testclient", 50000),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return _here.loop.runner.run(self._ask(request))

    async def _ask(self, request: httpx2.Request) -> httpx2.Response:
        asked = httpx2.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await self._transport.handle_async_request(asked)
        body = httpx2.ByteStream(b"".join([part async for part in answer.aiter_raw()]))
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=body, request=request)


class _Loop:
    """An event loop that is closed with the thread it belongs to."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()

    def __del__(self) -> None:
        self.runner.close()


class _Thread(threading.local):
    """The event loop of each thread in which somebody asks."""

    def __init__(self) -> None:
        self.loop = _Loop()


_here = _Thread()
