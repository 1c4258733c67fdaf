"""What was acknowledged is on the disk; asked of a process of its own, as the tests' own databases do without."""

import subprocess
import sys
from pathlib import Path

_ASK = """
import sys
from pathlib import Path
from kb.store.database import open_database
home = Path(sys.argv[1])
with open_database(f"sqlite:///{home / 'kb.sqlite'}", home).write() as connection:
    print([connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode")])
"""


def test_every_commit_is_kept_from_a_power_cut(tmp_path: Path) -> None:
    """2 is FULL: in write-ahead mode each commit waits for the disk (sqlite.org/pragma.html#pragma_synchronous)."""
    root = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", _ASK, tmp_path], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[2, 'wal']"
