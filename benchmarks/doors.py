"""What the doors cost on the demo checks: first page, a message by API, a fresh `kiemchung check`.

Run from the checkout: `python benchmarks/doors.py`. Medians; processor seconds for processes, as machines are shared.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
MESSAGE = (
    "Uống nước chanh nóng mỗi sáng là khỏi ung thư. Ăn cơm nguội để tủ lạnh qua đêm có chất độc chết người. "
    "Tháng tám này sao Hỏa sẽ to bằng Mặt Trăng."
)
#: The same command over the whole store: what `check` would cost without the quick one.
WHOLE = "import kiemchung.store.sqlite\nfrom kiemchung.cli import main\nmain()"


#: An installed package has its modules compiled; a development environment may forbid writing that down.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def command(data: str, *words: str) -> list[str]:
    return [sys.executable, "-m", "kiemchung", "--data-dir", data, *words]


def cpu_seconds(argv: list[str], times: int = 5) -> float:
    """Median of user and system seconds of a process."""
    spent = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(argv, check=True, capture_output=True, env=ENVIRONMENT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(spent)


def first_page_bytes(address: str) -> int:
    """Bodies of the page, its style, its icon and its manifest; headers come on top."""
    paths = ("vi/", "static/style.css", "static/icon.svg", "vi/manifest.webmanifest")
    return sum(len(fetch(address + path)) for path in paths)


def fetch(address: str, body: bytes | None = None) -> bytes:
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        return bytes(reply.read())


def latencies_ms(address: str, times: int = 100) -> list[float]:
    body, spent = json.dumps({"text": MESSAGE}).encode(), []
    for _ in range(times + 5):
        start = time.perf_counter()
        fetch(f"{address}api/v1/check", body)
        spent.append(1e3 * (time.perf_counter() - start))
    return sorted(spent[5:])


def server_cpu_ms(pid: int) -> float:
    ticks = [int(part) for part in Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[11:13]]
    return 1e3 * sum(ticks) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        subprocess.run(command(data, "import", str(ROOT / "demo" / "checks")), check=True, capture_output=True)
        server = subprocess.Popen(command(data, "serve", "--port", "0"), stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            address = f"http://127.0.0.1:{json.loads(server.stderr.readline())['port']}/"
            print(f"first page, bodies: {first_page_bytes(address)} bytes (limit 30,000 with headers)")
            before = server_cpu_ms(server.pid)
            spent = latencies_ms(address)
            cpu = (server_cpu_ms(server.pid) - before) / 105
            print(
                f"three claims: p50 {statistics.median(spent):.0f} ms, p95 {spent[94]:.0f} ms; processor {cpu:.0f} ms"
            )
        finally:
            server.terminate()
            server.wait()
        quick = cpu_seconds(command(data, "check", MESSAGE))
        whole = cpu_seconds([sys.executable, "-c", WHOLE, "--data-dir", data, "check", MESSAGE])
        print(f"fresh check: {quick:.2f} s of processor; with SQLAlchemy loaded {whole:.2f} s")


if __name__ == "__main__":
    main()
