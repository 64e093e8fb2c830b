"""The real Voilà on our notebooks: our template, nothing of the user's own Jupyter settings, and a clean end."""

import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kavelmon import paths, vega
from kavelmon.dashboard import prepared, scripts
from kavelmon.model import KavelmonError

WIDGETS = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]
KERNEL = {"Application": {"log_level": "ERROR"}, "HistoryManager": {"enabled": False}}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# A kernel without a page ends within IDLE_S + CULL_EVERY_S, also when its page could not say goodbye. Before a page has
# its connection IDLE_S is all it has, so a cell must be done, or be given up, before that.
IDLE_S, CULL_EVERY_S, CELL_S = 40, 10, 35
# A kernel takes some 60 MB as long as it imports no pandas, some 160 MB from then on, and 300 to 450 MB when its
# visitor puts an area together. Forty take 2.4 GB, and seldom more than 6: what a server of 8 GB can give. One that has
# more, or less, may be told so.
MAX_VISITORS, MAX_VISITORS_ENV = 40, "KAVELMON_MAX_VISITORS"


def visitors(given: int | None = None) -> int:
    """Return how many visitors fit: what is given, else what the environment says, else `MAX_VISITORS`."""
    name, found = "max_visitors", str(given)
    if given is None:
        name, found = MAX_VISITORS_ENV, os.environ.get(MAX_VISITORS_ENV) or str(MAX_VISITORS)
    if not found.isdecimal() or int(found) < 1:
        raise KavelmonError(f"{name}: {found} is no number of visitors; give a whole number above 0, such as 40")
    return int(found)


def settings(
    port: int, ip: str = "localhost", *, max_visitors: int = MAX_VISITORS, preheat: int = 0
) -> dict[str, dict[str, Any]]:
    """Return the configuration of Voilà; it goes in a file, because dict options break on the command line.

    `preheat` kernels of each notebook wait for a visitor: only to measure with, docs/decisions/006-serving.md says why.
    """
    server = {"ip": ip, "port": port, "port_retries": 0, "open_browser": False, "token": "", "log_level": "ERROR"}
    tornado = {
        # Voilà lets every Host name through, so that a strange site could read a local page (DNS rebinding).
        "allow_remote_access": ip not in LOOPBACK,
        # Milliseconds: a visitor whose line went dead is noticed before IDLE_S has passed.
        "ws_ping_interval": 15_000,
        "ws_ping_timeout": 35_000,
    }
    # Tornado takes those two for seconds and warns; it is Jupyter that acts on them.
    quiet = {"loggers": {"tornado.general": {"level": "ERROR"}}}
    return {
        "Voila": server | {"tornado_settings": tornado, "logging_config": quiet},
        "VoilaConfiguration": {
            "template": "kavelmon",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "classic_tree": True,
            "strip_sources": True,
            "show_tracebacks": False,
            "file_allowlist": [],  # nothing but notebooks
            "extension_allowlist": WIDGETS,
            "multi_kernel_manager_class": "kavelmon.kernels.Kernels",
            "preheat_kernel": preheat > 0,
            "default_pool_size": preheat,
        },
        "Kernels": {"max_visitors": max_visitors},
        # A kernel that died is not started again: it would keep its id and know nothing of its page.
        "KernelRestarter": {"restart_limit": 0},
        "VoilaExporter": {"language_code": "nl"},
        "VoilaExecutor": {"timeout": CELL_S},
        "MappingKernelManager": {
            "cull_idle_timeout": IDLE_S,
            "cull_interval": CULL_EVERY_S,
            "cull_connected": False,  # an open page keeps its kernel, however long it is left alone
            "cull_busy": True,  # else a cell that never ends keeps its kernel for ever
            "allow_tracebacks": False,
        },
    }


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a server whose own files live in `folder`."""
    shares = [str(folder / "share"), str(paths.STATIC / "share" / "jupyter"), os.environ.get("JUPYTER_PATH", "")]
    return os.environ | {
        "JUPYTER_PATH": os.pathsep.join(filter(None, shares)),
        "JUPYTER_PREFER_ENV_PATH": "1",
        # No settings, kernels, templates, extensions or start-up scripts of the user.
        "JUPYTER_CONFIG_DIR": str(folder),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "IPYTHONDIR": str(folder / "ipython"),
        vega.SERVED: "1",
    }


def write_profile(folder: Path) -> None:
    """Write the settings of a kernel whose own files live in `folder`."""
    profile = folder / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_kernel_config.json").write_text(json.dumps(KERNEL), encoding="utf-8")


def command(folder: Path, notebooks: Path) -> list[str]:
    """Return the command of a server whose own files live in `folder`."""
    return [sys.executable, "-m", "voila", str(notebooks.resolve()), f"--Voila.config_file_paths={folder}"]


@contextlib.contextmanager
def running(
    notebooks: Path, port: int, ip: str = "localhost", *, max_visitors: int | None = None, **streams: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server, from the moment that it listens to its clean end; `streams` are those of `subprocess.Popen`."""
    limit = visitors(max_visitors)
    try:
        socket.create_server((ip, port), family=socket.AF_INET6 if ":" in ip else socket.AF_INET).close()
    except (OSError, OverflowError) as error:
        found = "already in use" if getattr(error, "errno", None) == errno.EADDRINUSE else str(error)
        other = port + 1 if 1024 <= port < 65535 else 8866
        raise KavelmonError(f"port {port}: {found}; choose another one: PORT={other} make dashboard") from None
    with tempfile.TemporaryDirectory(prefix="kavelmon-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        static = folder / "share" / "voila" / "templates" / "kavelmon" / "static"
        static.mkdir(parents=True)
        (static / "vega.js").write_text(vega.module(), encoding="utf-8")
        (static / "monitor.js").write_text(scripts.module(), encoding="utf-8")
        pages = {prepared.PAGES: _pages()} if (notebooks / "kavelmonitor.ipynb").is_file() else {}
        _write_start(static.parent, notebooks)
        config = settings(port, ip, max_visitors=limit)
        config["Voila"]["connection_dir_root"] = name
        (folder / "voila.json").write_text(json.dumps(config), encoding="utf-8")
        write_profile(folder)
        # In a session of its own: Ctrl-C then reaches only us, and we end the server in its own way.
        call = command(folder, notebooks)
        server = subprocess.Popen(call, env=environment(folder) | pages, start_new_session=True, **streams)
        try:
            deadline = time.monotonic() + 60
            while not _listens(ip, port):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise KavelmonError(f"the server on port {port} did not start; its messages say why")
                time.sleep(0.05)
            yield server
        finally:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()  # its kernels notice that and end themselves
                server.wait()


def _pages() -> str:
    """Return the folder of the prepared pages; they are made in a process of its own, as the start page is."""
    if found := prepared.ready():
        return str(found)
    print("kavelmon prepares its pages; this is needed once and takes about a minute", file=sys.stderr, flush=True)
    call = [sys.executable, "-m", "kavelmon.dashboard.documents"]
    made = subprocess.run(call, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    if made.returncode:
        raise KavelmonError("the pages could not be prepared; the messages above say why")
    return made.stdout.strip()


def _write_start(folder: Path, notebooks: Path) -> None:
    """Write the start page in a process of its own: what it imports takes 300 MB that we would keep for ever."""
    call = [sys.executable, "-m", "kavelmon.dashboard.start", str(folder), str(notebooks.resolve())]
    made = subprocess.run(call, capture_output=True, text=True, encoding="utf-8")
    if made.returncode:
        raise KavelmonError(f"no start page: {(made.stderr.strip().splitlines() or ['it ended'])[-1]}")


def _listens(ip: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((ip, port), 1):
        return True
    return False


def dashboard(
    port: int = 8866,
    *,
    open_browser: bool = True,
    notebooks: Path | None = None,
    ip: str = "localhost",
    max_visitors: int | None = None,
) -> int:
    """Serve the notebooks until Ctrl-C, and return the exit code; a port in use is a `KavelmonError`."""
    for name in {"SIGTERM", "SIGHUP"} & set(dir(signal)):  # a closed terminal ends the server as Ctrl-C does
        signal.signal(getattr(signal, name), signal.default_int_handler)
    try:
        with running(notebooks or paths.notebooks(), port, ip, max_visitors=max_visitors) as server:
            address = f"http://{ip}:{port}/"
            print(f"kavelmon is ready at {address} (Ctrl-C stops it)", flush=True)
            if open_browser:
                webbrowser.open(address)
            return server.wait()
    except KeyboardInterrupt:
        return 0
