"""How requests are read from the line: as long as a question may be, and refused in words a person understands."""

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from index.search.question import MAX_CHARACTERS

# A character of a question takes up to twelve bytes in an address (four of UTF-8, each written %XX), in Chinese nine.
# The rest is room for filters and headers. What is longer is refused before it is held in memory.
LONGEST_REQUEST = 12 * MAX_CHARACTERS + 64 * 1024
_UNREADABLE = (
    "This request cannot be read. If you asked a long question, keep the paragraph that matters most and search "
    "again.\n\n"
    "Esta petición no se puede leer. Si hizo una pregunta larga, deje el párrafo que más importa y busque de nuevo.\n\n"
    "Cette requête ne peut pas être lue. Si votre question est longue, gardez le paragraphe qui compte le plus et "
    "relancez la recherche.\n"
)


class Protocol(H11Protocol):
    """HTTP/1.1 as uvicorn reads it; only its answer to what is no request, or too long for one, is ours."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - "Invalid HTTP request received." helps nobody
        body = _UNREADABLE.encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        parts = (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage())
        self.transport.write(b"".join(self.conn.send(part) or b"" for part in parts))
        self.transport.close()
