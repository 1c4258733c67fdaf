"""Random secrets that open something, and the digests stored in their place."""

import hashlib
import secrets

_BYTES = 32  # 256 bits: nobody guesses one, so a plain digest is enough and can be looked up


def new_token() -> str:
    """A fresh secret, safe in an address or a cookie."""
    return secrets.token_urlsafe(_BYTES)


def digest(token: str) -> str:
    """What is stored of a secret: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
