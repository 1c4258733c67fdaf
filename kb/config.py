"""Settings: one frozen type, read once at start from the environment and passed down."""

import dataclasses
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kb.errors import UsageError

PREFIX = "KB_"
HIDDEN = "(hidden)"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def _says(description: str) -> dict[str, str]:
    return {"description": description}


def _hides(description: str) -> dict[str, str]:
    """As `_says`, of a setting whose value is shown to nobody."""
    return {"description": description, "secret": "yes"}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of an instance. Each is read from `KB_` + its name in capitals."""

    home: Path = field(
        default=Path("var"),
        metadata=_says("folder that holds all an instance owns: database, originals, caches, the encoder's files"),
    )
    database_url: str = field(default="", metadata=_says("database of the records; empty: SQLite in the home"))
    encoder: str = field(
        default="", metadata=_says("sentence-transformers model, name or folder; empty: the embedded one")
    )
    precision: str = field(
        default="auto",
        metadata=_says("arithmetic of the encoder: fp32, bf16, or auto, which measures once what is faster here"),
    )
    threads: int = field(
        default=0,
        metadata=_says("threads of the encoder; 0: all cores. On a machine busy with other work 1 is far quicker"),
    )
    late: bool = field(default=True, metadata=_says("re-rank by token vectors, mark matching words across languages"))
    log_level: str = field(
        default="INFO",
        metadata=_says("messages shown on standard error: DEBUG, INFO, WARNING or ERROR, and what is graver"),
    )
    name: str = field(default="GCM Knowledge Platform", metadata=_says("name of the instance, shown on every page"))
    host: str = field(default="127.0.0.1", metadata=_says("address the site is served on"))
    port: int = field(default=8000, metadata=_says("port the site is served on"))
    max_file_mb: int = field(default=50, metadata=_says("largest file that is read, MB"))
    read_seconds: int = field(default=60, metadata=_says("longest time one file may take to be read, seconds"))
    read_memory_mb: int = field(default=1500, metadata=_says("most memory a reader may take, MB"))

    public_url: str = field(
        default="", metadata=_says("address people reach the site at, https://…; used in mail and for safe cookies")
    )
    review_days: int = field(
        default=10,
        metadata=_says("a review is promised within so many working days (Saturdays and Sundays do not count)"),
    )
    session_hours: int = field(default=12, metadata=_says("a session ends when unused for so many hours"))
    session_days: int = field(default=14, metadata=_says("a session ends after so many days"))
    password_memory_mb: int = field(
        default=64, metadata=_says("memory that checking one password takes (argon2; two at a time), MB")
    )
    smtp_host: str = field(
        default="",
        metadata=_says(
            "server that takes mail; empty: one-time links are shown to the admin, and letters in the inbox"
        ),
    )
    smtp_port: int = field(default=587, metadata=_says("its port; 465 speaks TLS from the start, others STARTTLS"))
    smtp_user: str = field(default="", metadata=_says("name to sign in to it with; empty: without"))
    smtp_password: str = field(default="", repr=False, metadata=_hides("password to sign in to it with"))
    smtp_from: str = field(default="", metadata=_says("address that mail comes from"))
    smtp_tls: bool = field(default=True, metadata=_says("speak to it only when encrypted"))

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.home / 'kb.sqlite'}"


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting as `kb settings` shows it."""

    variable: str
    value: str
    origin: str  # environment | default
    description: str


def load(environment: Mapping[str, str]) -> Settings:
    """Settings from `environment`. Raises UsageError for an unknown name or a value that does not fit."""
    known = {PREFIX + f.name.upper(): f for f in dataclasses.fields(Settings)}
    values: dict[str, object] = {}
    for variable, raw in environment.items():
        if not variable.startswith(PREFIX):
            continue
        if variable not in known:
            raise UsageError(_unknown(variable, list(known)))
        default = known[variable].default
        values[known[variable].name] = _parse(variable, raw, default)
    settings = dataclasses.replace(Settings(), **values)  # type: ignore[arg-type]
    if settings.precision not in ("auto", "fp32", "bf16"):
        raise UsageError(f"KB_PRECISION is {settings.precision!r}; set it to auto, fp32 or bf16.")
    if settings.log_level not in LOG_LEVELS:
        raise UsageError(f"KB_LOG_LEVEL is {settings.log_level!r}; set it to one of {', '.join(LOG_LEVELS)}.")
    _check_addresses(settings)
    return dataclasses.replace(settings, home=settings.home.expanduser().absolute())


def setting_lines(settings: Settings, environment: Mapping[str, str]) -> list[SettingLine]:
    """Every setting with its value and where it came from."""
    return [
        SettingLine(
            PREFIX + f.name.upper(),
            _shown(str(getattr(settings, f.name)), "secret" in f.metadata),
            "environment" if PREFIX + f.name.upper() in environment else "default",
            str(f.metadata["description"]),
        )
        for f in dataclasses.fields(Settings)
    ]


def _shown(value: str, secret: bool) -> str:
    """A value as it may be seen: a secret is hidden, and so is a password within an address."""
    if secret and value:
        return HIDDEN
    value = re.sub(r"(?<=://)([^:/?#]*):[^/]*@", rf"\1:{HIDDEN}@", value)
    return re.sub(r"([?&](?:password|passwd|sslpassword)=)[^&]*", rf"\1{HIDDEN}", value, flags=re.IGNORECASE)


def _check_addresses(settings: Settings) -> None:
    parts = urlsplit(settings.public_url)
    if settings.public_url and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/")):
        raise UsageError(f"KB_PUBLIC_URL is {settings.public_url!r}; set it to an address like https://kb.example.org.")
    if settings.smtp_host and not (settings.public_url and settings.smtp_from):
        raise UsageError("KB_SMTP_HOST is set; mail also needs KB_PUBLIC_URL (for its links) and KB_SMTP_FROM.")


def _unknown(variable: str, known: list[str]) -> str:
    near = difflib.get_close_matches(variable.upper(), known, n=1, cutoff=0.0)
    return f"There is no setting {variable}. The nearest known one is {near[0]}; 'kb settings' lists them all."


def _parse(variable: str, raw: str, default: object) -> object:
    if isinstance(default, bool):
        if raw.lower() in _TRUE + _FALSE:
            return raw.lower() in _TRUE
        raise UsageError(f"{variable} is {raw!r}; set it to on or off.")
    if isinstance(default, int):
        if raw.isdecimal():
            return int(raw)
        raise UsageError(f"{variable} is {raw!r}; set it to a whole number.")
    return Path(raw) if isinstance(default, Path) else raw
