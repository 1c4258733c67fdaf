"""The name under which other rooms pass a transaction on, as they speak no SQL themselves."""

from typing import TypeAlias

from sqlalchemy import Connection

Transaction: TypeAlias = Connection
