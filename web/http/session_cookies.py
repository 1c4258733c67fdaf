"""Who is behind a request: the session of its cookie, or the account of a program's token."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request
from starlette.responses import Response

from kb.accounts.account import Account
from kb.accounts.store import api_tokens, sessions
from kb.accounts.store.sessions import Lifetimes, Session
from kb.accounts.store.sign_in_attempts import network
from kb.config import Settings
from kb.store.database import Database

_FOR_PROGRAMS = "/api/"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account that is signed in; `session` is None when a program acts for it."""

    account: Account
    session: Session | None


def signed_in(request: Request, settings: Settings, database: Database) -> SignedIn | None:
    """Who is signed in, looked up once a request; None = a reader."""
    if not hasattr(request.state, "signed_in"):
        token = _bearer(request)
        # A token counts on the interface for programs only, and there a cookie sent with it counts for nothing.
        found = _of_cookie(request, settings, database) if token is None else _of_token(token, database)
        request.state.signed_in = found
    return request.state.signed_in  # type: ignore[no-any-return]


def lifetimes(settings: Settings) -> Lifetimes:
    return Lifetimes(timedelta(hours=settings.session_hours), timedelta(days=settings.session_days))


def address_of(request: Request) -> str:
    """The network address a request comes from, as far as it tells one household from another."""
    return network(request.client.host if request.client else "")


def secret_of(request: Request, settings: Settings) -> str:
    """The secret in the cookie; "" when there is none."""
    return request.cookies.get(_cookie(request, settings), "")


def give(response: Response, request: Request, settings: Settings, token: str) -> None:
    """Put the secret of a session into a cookie that ends with the browser."""
    secure = _is_secure(request, settings)
    response.set_cookie(_cookie(request, settings), token, path="/", secure=secure, httponly=True, samesite="lax")


def take_away(response: Response, request: Request, settings: Settings) -> None:
    """Remove the cookie."""
    secure = _is_secure(request, settings)
    response.delete_cookie(_cookie(request, settings), path="/", secure=secure, httponly=True, samesite="lax")


def _of_cookie(request: Request, settings: Settings, database: Database) -> SignedIn | None:
    token = secret_of(request, settings)
    if not token:
        return None
    with database.read() as connection:
        found = sessions.find(connection, token, lifetimes(settings))
    if found is None:
        return None
    session, account = found
    if sessions.is_stale(session):
        with database.write() as connection:
            sessions.touch(connection, session.id)
    return SignedIn(account, session)


def _of_token(token: str, database: Database) -> SignedIn | None:
    with database.read() as connection:
        found = api_tokens.find(connection, token)
    if found is None:
        return None
    if api_tokens.is_stale(found[0]):
        with database.write() as connection:
            api_tokens.touch(connection, found[0].id)
    return SignedIn(found[1], None)


def _bearer(request: Request) -> str | None:
    """The token of a program; None when none is given or the address is not for programs."""
    if not request.url.path.startswith(_FOR_PROGRAMS):
        return None
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _cookie(request: Request, settings: Settings) -> str:
    # A name that starts with __Host- is only taken from this very host, over https, for all its paths (RFC 6265bis).
    return "__Host-kb" if _is_secure(request, settings) else "kb"


def _is_secure(request: Request, settings: Settings) -> bool:
    return settings.public_url.startswith("https:") or request.url.scheme == "https"
