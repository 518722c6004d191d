"""`make check-wheel`: install the built wheel without a checkout, start it, look, stop it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180.0  # seconds for the first start: a database is made and migrated


def main() -> int:
    wheel = max((ROOT / "dist").glob("pims-*.whl"), key=lambda path: path.stat().st_mtime)
    with tempfile.TemporaryDirectory(prefix="pims-wheel-") as name:
        folder = Path(name).resolve()
        print(f"Installing {wheel.name} in an empty environment …", flush=True)
        run(sys.executable, "-m", "venv", str(folder / "venv"))
        pip = [str(folder / "venv/bin/pip"), "install", "-qq", "--no-deps"]
        run(*pip, "--require-hashes", "--requirement", str(ROOT / "requirements/base.lock"))
        run(*pip, str(wheel))
        try:
            return start_and_look(folder)
        finally:
            remove_database(folder)


def start_and_look(folder: Path) -> int:
    port = free_port()
    log = folder / "up.log"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PIMS_", "DATABASE_"))}
    env |= {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    print("Starting it …", flush=True)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(folder / "venv/bin/pims"), "up", "--port", str(port), "--no-demo"],
            cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            fine = look(process, port)
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(60)
    if not fine or code != 0:
        print(log.read_text(), file=sys.stderr)
        print(f"It did not work (exit code {code})", file=sys.stderr)
        return 1
    print("The wheel works by itself: pages, styles and database.")
    return 0


def look(process: "subprocess.Popen[bytes]", port: int) -> bool:
    """Whether the sign-in page and the style sheet that it names are served."""
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if get(f"{address}/healthz/") == "ok\n":
                page = get(f"{address}/sign-in/")
                names = [part.split('"')[0] for part in page.split('href="')[1:]]
                styles = [name for name in names if name.endswith(".css")]
                return bool(styles) and len(get(address + styles[0])) > 10_000
        except OSError:
            time.sleep(0.5)
    return False


def remove_database(folder: Path) -> None:
    """Where root starts PIMS, its database lies elsewhere than its state."""
    os.environ["PIMS_VAR"] = str(folder / "var")
    from pims.foundation.database import places

    for place in (places.server_home(), places.socket_dir()):
        shutil.rmtree(place, ignore_errors=True)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
