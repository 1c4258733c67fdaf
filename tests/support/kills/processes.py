"""Processes of `kb` that work on an instance of their own, and are there to be killed."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent
_BOUNDARY = "sample-boundary-of-no-file"


def kb(
    home: Path,
    *arguments: str,
    out: int = subprocess.DEVNULL,
    err: int = subprocess.DEVNULL,
    encoder: str = "hashing",
) -> subprocess.Popen[bytes]:
    """A command that is being run, with one thread and no settings but these; "" is the embedded encoder."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environment = others | {"KB_HOME": str(home), "KB_ENCODER": encoder, "KB_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-u", "-m", "kb", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=err)


@dataclass(frozen=True, slots=True)
class Site:
    """A site that `kb serve` serves, in the process `process`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(self, token: str, files: Sequence[tuple[str, bytes]]) -> list[int]:
        """Send files in as a program does; numbers of their jobs. Raises OSError when the site is gone."""
        body = b"".join(
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
            + data
            + b"\r\n"
            for name, data in files
        )
        headers = {"Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
        body += f"--{_BOUNDARY}--\r\n".encode()
        request = urllib.request.Request(f"{self.address}/api/documents", body, headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return [job["id"] for job in json.load(answer)["jobs"]]

    def complaints(self) -> list[str]:
        """What the site said of errors of its own."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        return [line for line in lines if "error" in line.lower() or "Traceback" in line]

    def workers(self) -> list[int]:
        """The processes that the site has begun, which are its worker; it may live on after its site was killed."""
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [line.split() for line in listed.splitlines()]
        return [int(process) for process, parent in pairs if int(parent) == self.process.pid]


def start(home: Path, encoder: str = "hashing") -> Site:
    """Begin to serve; the site is not there yet."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    log = home / "log.txt"
    with log.open("ab") as out:
        process = kb(home, "serve", "--port", str(port), err=out.fileno(), encoder=encoder)
    return Site(process, port, log)


@contextlib.contextmanager
def site(home: Path, encoder: str = "hashing") -> Iterator[Site]:
    """A site that answers; it is stopped at the end, unless it was killed before."""
    begun = start(home, encoder)
    try:
        while begun.process.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{begun.address}/healthz", timeout=5):
                break
            time.sleep(0.05)
        yield begun
    finally:
        begun.process.send_signal(signal.SIGTERM)
        begun.process.wait()
