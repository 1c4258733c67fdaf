"""The sandbox: every bad file has its outcome within the limits, and does no harm to the next one."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.readers import wire_format
from ingest.readers.sandbox import Limits, Sandbox, plain_name, read, read_once
from kb.documents.models import BlockKind
from kb.documents.reading import ReadError, ReadFailure
from tests.support import bad_files

F = ReadFailure
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(seconds=8, memory_mb=700)) as shared:
        yield shared


BAD = [
    ("empty.pdf", lambda: b"", F.NO_TEXT),
    ("blank.txt", lambda: b" \n\n ", F.NO_TEXT),
    ("truncated.pdf", lambda: bad_files.text_pdf(["A line."] * 40)[:-400], F.DAMAGED),
    ("half.pdf", lambda: bad_files.text_pdf(["A line."] * 40)[:900], F.DAMAGED),
    ("locked.pdf", lambda: bad_files.encrypted_pdf("secret"), F.ENCRYPTED),
    ("locked-aes.pdf", lambda: bad_files.encrypted_pdf("secret", "AES-256"), F.ENCRYPTED),
    ("locked-aes-128.pdf", lambda: bad_files.encrypted_pdf("secret", "AES-128"), F.ENCRYPTED),
    ("scan.pdf", bad_files.image_pdf, F.NO_TEXT),
    ("cyclic.pdf", bad_files.cyclic_pages_pdf, F.DAMAGED),
    ("nested.pdf", bad_files.nested_objects_pdf, F.DAMAGED),
    ("xref.pdf", bad_files.huge_xref_pdf, F.DAMAGED),
    ("bomb.pdf", bad_files.bomb_stream_pdf, F.TOO_LARGE),
    ("entities.docx", bad_files.entity_docx, F.REFUSED),
    ("noise.pdf", lambda: b"%PDF-1.7\n" + os.urandom(20_000) + b"%%EOF", F.DAMAGED),
    ("program.pdf", lambda: bad_files.PROGRAM, F.REFUSED),
    ("program.docx", lambda: bad_files.WINDOWS_PROGRAM, F.REFUSED),
    ("program.txt", lambda: bad_files.PROGRAM, F.REFUSED),
    ("other-program.txt", lambda: bad_files.WINDOWS_PROGRAM, F.REFUSED),
    ("program.html", lambda: bad_files.WINDOWS_PROGRAM, F.REFUSED),
    ("a-pdf.txt", lambda: bad_files.text_pdf(["A line."]), F.REFUSED),
    ("picture.md", lambda: b"\x89PNG\r\n\x1a\n" + bytes(400), F.REFUSED),
    ("table.xlsx", lambda: b"PK\x03\x04", F.REFUSED),
    ("no-extension", lambda: b"text", F.REFUSED),
    ("nothing-but-nul.txt", lambda: bytes(5000), F.REFUSED),
    ("bomb.docx", bad_files.docx_bomb, F.TOO_LARGE),
    ("liar.docx", bad_files.lying_docx_bomb, F.DAMAGED),
    ("cut.docx", lambda: bad_files.docx(bad_files.paragraph("Text."))[:-50], F.DAMAGED),
    ("broken-xml.docx", lambda: bad_files.docx("<w:p>"), F.DAMAGED),
    ("deep.docx", lambda: bad_files.docx("<w:tbl><w:tr><w:tc>" * 5000 + "</w:tc></w:tr></w:tbl>" * 5000), F.DAMAGED),
    ("empty.docx", lambda: bad_files.docx("<w:p/>"), F.NO_TEXT),
    ("script-only.html", lambda: b"<html><script>fill()</script><body><div></div></body>", F.NO_TEXT),
    ("one-line.txt", bad_files.one_line, F.TOO_LARGE),
    ("one-line.md", lambda: bad_files.one_line(5), F.TOO_LARGE),
]


@pytest.mark.parametrize(("name", "make", "failure"), BAD, ids=[row[0] for row in BAD])
def test_bad_file_has_its_outcome(
    name: str, make: Callable[[], bytes], failure: ReadFailure, tmp_path: Path, sandbox: Sandbox
) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    with pytest.raises(ReadError) as caught:
        sandbox.read(path)
    assert caught.value.failure is failure, str(caught.value)
    assert str(caught.value).endswith(".")
    assert str(tmp_path) not in str(caught.value)


GOOD = [
    ("nested.html", bad_files.nested_tags, "Words at the bottom."),
    ("bomb.md", bad_files.yaml_bomb, "Still here."),
    ("deep.md", bad_files.deep_yaml, "Still here."),
    ("latin-1.txt", lambda: bad_files.SPANISH.encode("latin-1"), bad_files.SPANISH),
    ("utf-16.txt", lambda: bad_files.SPANISH.encode("utf-16"), bad_files.SPANISH),
    ("nul.txt", lambda: b"Some " * 50 + b"\x00words.", "Some words."),
    ("shared.pdf", lambda: bad_files.shared_stream_pdf(400, 50), "abcdefgh ijkl"),
    ("free.pdf", lambda: bad_files.encrypted_pdf(""), "Behind a password."),
    ("free-aes-128.pdf", lambda: bad_files.encrypted_pdf("", "AES-128"), "Behind a password."),
    ("free-aes-256.pdf", lambda: bad_files.encrypted_pdf("", "AES-256"), "Behind a password."),
    ("free-aes-256-r5.pdf", lambda: bad_files.encrypted_pdf("", "AES-256-R5"), "Behind a password."),
    ('../quote\'s "name"\nnew line.txt', lambda: b"Fine.", "Fine."),
]


@pytest.mark.parametrize(("name", "make", "words"), GOOD, ids=[row[0] for row in GOOD])
def test_odd_file_is_read(name: str, make: Callable[[], bytes], words: str, tmp_path: Path, sandbox: Sandbox) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    data = make()
    (folder / name).write_bytes(data)
    reading = sandbox.read(folder / name)
    assert words in " ".join(block.text for block in reading.raw.blocks)
    assert reading.source.digest == hashlib.sha256(data).hexdigest()
    assert reading.source.size == len(data)
    assert reading.source.format == reading.raw.format


# --- limits ------------------------------------------------------------------------------------------


def test_file_that_takes_too_long_is_given_up_and_the_next_one_read(tmp_path: Path) -> None:
    (tmp_path / "slow.pdf").write_bytes(bad_files.slow_pdf())
    (tmp_path / "good.txt").write_text("Good.")
    with Sandbox(Limits(seconds=4)) as sandbox:
        assert _failure(sandbox, tmp_path / "slow.pdf") is F.TIMED_OUT
        assert sandbox.read(tmp_path / "good.txt").raw.blocks[0].text == "Good."


def test_file_that_takes_too_much_memory_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"words and lines\n" * 2_000_000)
    with Sandbox(Limits(memory_mb=150)) as sandbox:
        assert _failure(sandbox, path) is F.TOO_LARGE
        path.write_text("Small.")
        assert sandbox.read(path).raw.blocks[0].text == "Small."


def test_text_that_is_too_long_is_refused_in_the_child(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"a line of text\n" * 100_000)
    with Sandbox(Limits(output_mb=1)) as sandbox:
        assert _failure(sandbox, path) is F.TOO_LARGE


def test_file_over_the_size_limit_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes(b"")
    os.truncate(path, 200 << 20)  # sparse
    with Sandbox(Limits(file_mb=1)) as sandbox:
        assert _failure(sandbox, path) is F.TOO_LARGE
        with pytest.raises(ReadError, match="MB"):
            sandbox.read_bytes("upload.txt", bytes(2 << 20))


# --- files that are not there, or not files ----------------------------------------------------------


def test_vanished_file_folder_and_pipe_have_their_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with Sandbox() as sandbox:
        assert _failure(sandbox, tmp_path / "gone.txt") is F.REFUSED
        assert _failure(sandbox, tmp_path) is F.REFUSED
        assert _failure(sandbox, tmp_path / "pipe.txt") is F.REFUSED


def test_file_that_grows_while_it_is_read_is_not_stored_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "growing.txt"
    path.write_text("first half")
    stat = os.fstat
    calls: list[int] = []

    def growing(descriptor: int) -> os.stat_result:
        if calls:
            path.write_text("first half, second half")
        calls.append(descriptor)
        return stat(descriptor)

    monkeypatch.setattr(os, "fstat", growing)
    with pytest.raises(ReadError, match="changed while it was read"):
        read_once(path, Limits())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\docs\\plan.pdf", "plan.pdf"),
        ('quote" and \n line.txt', 'quote" and � line.txt'),
        ("evil\u202egnp.txt", "evil�gnp.txt"),
        ("\udcff.txt", "�.txt"),
        ("/", "unnamed"),
        ("x" * 400 + ".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_names_are_only_text(name: str, shown: str) -> None:
    assert plain_name(name) == shown


# --- the child ---------------------------------------------------------------------------------------


def test_child_is_kept_for_the_next_file_and_replaced_when_killed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Text.")
    with Sandbox() as sandbox:
        sandbox.read(path)
        first = _child(sandbox)
        for _ in range(20):
            sandbox.read(path)
        assert _child(sandbox) == first
        os.kill(first, signal.SIGKILL)
        assert sandbox.read(path).raw.blocks[0].text == "Text."
        assert _child(sandbox) != first
    assert not _alive(first)


@pytest.mark.parametrize(
    ("ending", "failure"), [(signal.SIGKILL, F.TOO_LARGE), (signal.SIGSEGV, F.DAMAGED), (signal.SIGXCPU, F.TIMED_OUT)]
)
def test_child_that_dies_over_a_file_is_explained(ending: signal.Signals, failure: ReadFailure, tmp_path: Path) -> None:
    slow, good = tmp_path / "slow.pdf", tmp_path / "good.txt"
    slow.write_bytes(bad_files.slow_pdf())
    good.write_text("Good.")
    with Sandbox(Limits(seconds=20)) as sandbox:
        sandbox._ready_child()
        threading.Timer(0.3, os.kill, (_child(sandbox), ending)).start()
        assert _failure(sandbox, slow) is failure
        assert sandbox.read(good).raw.blocks[0].text == "Good."


def test_sandbox_outlives_the_thread_that_first_used_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Text.")
    with Sandbox() as sandbox:
        for _ in range(3):
            thread = threading.Thread(target=sandbox.read, args=(path,))
            thread.start()
            thread.join()
        assert sandbox.read(path).raw.blocks[0].text == "Text."


def test_threads_may_share_a_sandbox(tmp_path: Path) -> None:
    texts = {f"{number}.txt": f"Text number {number}." for number in range(8)}
    seen: dict[str, str] = {}
    with Sandbox() as sandbox:

        def work(name: str) -> None:
            seen[name] = sandbox.read_bytes(name, texts[name].encode()).raw.blocks[0].text

        threads = [threading.Thread(target=work, args=(name,)) for name in texts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == texts


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends orphans only on Linux")
def test_busy_child_dies_with_a_killed_parent(tmp_path: Path) -> None:
    (tmp_path / "slow.pdf").write_bytes(bad_files.slow_pdf())
    script = (
        "import sys, threading, time; from pathlib import Path; from ingest.readers.sandbox import Sandbox\n"
        "box = Sandbox(); box._ready_child(); print(box._child.process.pid, flush=True)\n"
        "box.read(Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "slow.pdf")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.5)
        assert _alive(child)
        parent.kill()
    deadline = time.monotonic() + 30
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(child)


def test_child_loads_nothing_heavy() -> None:
    script = (
        "import sys, ingest.readers.child_process, ingest.readers.pdf, ingest.readers.docx, ingest.readers.html, "
        "ingest.readers.markdown, ingest.readers.plain; print(*sorted(m.partition('.')[0] for m in sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"torch", "numpy", "sqlalchemy", "faiss", "tantivy", "fastapi"} & set(loaded.stdout.split())


# --- what comes back ---------------------------------------------------------------------------------

FRONT: list[object] = ["", "", "", "", None, None, [], "", False]
REPLY: list[object] = ["text", None, [["line", "Hello.", 1, 0, [], None]], FRONT, []]


def test_reply_is_rebuilt() -> None:
    raw = wire_format.decode_reply(json.dumps({"document": REPLY}).encode())
    assert raw.blocks[0].kind is BlockKind.LINE
    assert wire_format.decode_reply(wire_format.encode_document(raw)) == raw


@pytest.mark.parametrize(
    "reply",
    [
        b"not json",
        b"[" * 100_000,
        b"{}",
        b"[]",
        b'{"failure": ["stored", "fine"]}',
        b'{"failure": 1}',
        *(
            json.dumps({"document": [*REPLY[:n], wrong, *REPLY[n + 1 :]]}).encode()
            for n, wrong in enumerate([1, -1, 3, [], 4])
        ),
        json.dumps({"document": [*REPLY[:2], [["shell", "x", 1, 0, [], None]], *REPLY[3:]]}).encode(),
        json.dumps({"document": [*REPLY[:2], [["line", None, 1, 0, [], None]], *REPLY[3:]]}).encode(),
        json.dumps({"document": [*REPLY[:2], [["heading", "x", 1, 99, [], None]], *REPLY[3:]]}).encode(),
        json.dumps({"document": [*REPLY[:2], [["line", "x", True, 0, [], None]], *REPLY[3:]]}).encode(),
    ],
)
def test_reply_of_another_shape_is_not_believed(reply: bytes) -> None:
    with pytest.raises(wire_format.WireError):
        wire_format.decode_reply(reply)


def test_announced_length_is_bounded() -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(wire_format.LENGTH.pack(1 << 60))
        with pytest.raises(wire_format.TooLongError):
            wire_format.receive(here, 1000)


def test_one_file_can_be_read_without_a_sandbox_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Title\n\nText.\n")
    assert [block.kind for block in read(path).raw.blocks] == [BlockKind.HEADING, BlockKind.PARAGRAPH]


def _failure(sandbox: Sandbox, path: Path) -> ReadFailure:
    with pytest.raises(ReadError) as caught:
        sandbox.read(path)
    return caught.value.failure


def _child(sandbox: Sandbox) -> int:
    assert sandbox._child is not None
    return sandbox._child.process.pid


def _alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
    return "State:\tZ" not in status
