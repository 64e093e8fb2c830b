"""What can be known of serving without a browser."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from kavelmon import colours, paths, serving, vega
from kavelmon.model import KavelmonError

TEMPLATE = paths.STATIC / "share" / "jupyter" / "voila" / "templates" / "kavelmon"
CSS = (TEMPLATE / "static" / "kavelmon.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("port", [8866, 65535])
def test_a_port_in_use_says_what_to_do(port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def taken(*_: object, **__: object) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(socket, "create_server", taken)
    monkeypatch.setattr(serving.errno, "EADDRINUSE", 98)
    other = {8866: 8867, 65535: 8866}[port]
    with pytest.raises(KavelmonError, match=f"^port {port}: already in use; choose .*: PORT={other} make dashboard$"):
        serving.dashboard(port, notebooks=tmp_path, open_browser=False)


@pytest.mark.parametrize("port", [-1, 70000])
def test_a_port_that_does_not_exist_says_what_to_do(port: int, tmp_path: Path) -> None:
    with pytest.raises(
        KavelmonError, match=f"^port {port}: .*0-65535.*; choose another one: PORT=8866 make dashboard$"
    ):
        serving.dashboard(port, notebooks=tmp_path, open_browser=False)


def test_a_listening_program_is_seen(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(KavelmonError, match=f"^port {port}: already in use"), serving.running(tmp_path, port):
            pass


def test_settings_are_those_of_a_page_for_anyone() -> None:
    config = serving.settings(8866)
    page, kernels = config["VoilaConfiguration"], config["MappingKernelManager"]
    assert page["allow_template_override"] == page["allow_theme_override"] == "NO"
    assert not page["show_tracebacks"]
    assert page["strip_sources"]
    assert page["file_allowlist"] == []
    assert config["Voila"]["ip"] == "localhost"
    assert "disable_check_xsrf" not in config["Voila"]["tornado_settings"]
    assert not config["Voila"]["tornado_settings"]["allow_remote_access"]
    assert serving.settings(8866, "0.0.0.0")["Voila"]["tornado_settings"]["allow_remote_access"]
    assert serving.CELL_S < serving.IDLE_S
    assert kernels["cull_idle_timeout"] + kernels["cull_interval"] < 60
    assert not kernels["cull_connected"]
    assert config["KernelRestarter"]["restart_limit"] == 0
    assert not page["preheat_kernel"]


@pytest.mark.parametrize("wrong", ["veel", "0", "-3", "2.5", "1e3"])
def test_a_number_of_visitors_that_is_none_says_what_to_do(
    wrong: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(serving.MAX_VISITORS_ENV, wrong)
    with (
        pytest.raises(KavelmonError, match=f"^KAVELMON_MAX_VISITORS: {wrong} is no number of visitors; give a whole"),
        serving.running(tmp_path, 8866),
    ):
        pass


def test_a_number_of_visitors_is_given_or_set_or_usual(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(serving.MAX_VISITORS_ENV, "7")
    assert serving.visitors() == 7
    assert serving.visitors(3) == 3
    with pytest.raises(KavelmonError, match=r"^max_visitors: 0 is no number of visitors"):
        serving.dashboard(8866, notebooks=tmp_path, open_browser=False, max_visitors=0)
    monkeypatch.setenv(serving.MAX_VISITORS_ENV, "")
    assert serving.visitors() == serving.MAX_VISITORS
    assert serving.settings(8866, max_visitors=9)["Kernels"]["max_visitors"] == 9


def test_the_server_imports_no_more_of_the_package_than_its_kernels() -> None:
    code = "import sys; import kavelmon.kernels; print(sorted(name for name in sys.modules if 'kavelmon' in name))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "['kavelmon', 'kavelmon.kernels']"


def test_the_users_own_jupyter_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", "elsewhere")
    monkeypatch.setenv("JUPYTER_PATH", "extra")
    found = serving.environment(tmp_path)
    assert found["JUPYTER_CONFIG_DIR"] == str(tmp_path)
    assert found["JUPYTER_PATH"].split(os.pathsep)[1:] == [str(paths.STATIC / "share" / "jupyter"), "extra"]
    assert f"--Voila.config_file_paths={tmp_path}" in serving.command(tmp_path, tmp_path)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts processes in /proc")
@pytest.mark.parametrize(
    "ending",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, marks=pytest.mark.slow),
    ],
)
def test_a_signal_ends_the_server_and_its_kernels(ending: signal.Signals, tmp_path: Path) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell("import os; print('pid', os.getpid())")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), tmp_path / "een.ipynb")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    # A shell that runs the tests in the background has its children ignore Ctrl-C.
    call = "import signal, sys, pathlib; from kavelmon import serving; "
    call += "signal.signal(signal.SIGINT, signal.default_int_handler); "
    call += "sys.exit(serving.dashboard(int(sys.argv[1]), "
    call += "open_browser=False, notebooks=pathlib.Path(sys.argv[2])))"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    program = subprocess.Popen(
        [sys.executable, "-c", call, str(port), str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary)},
    )
    try:
        assert program.stdout is not None
        assert program.stdout.readline() == f"kavelmon is ready at http://localhost:{port}/ (Ctrl-C stops it)\n"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"http://localhost:{port}/voila/render/een.ipynb", timeout=60) as answer:
            found = re.search(r"pid (\d+)", answer.read().decode())
        assert found
        process = Path("/proc", found[1])
        assert process.exists()
        program.send_signal(ending)
        assert program.wait(30) == 0
        end = time.monotonic() + 10
        while process.exists() and time.monotonic() < end:
            time.sleep(0.1)
        assert not process.exists(), "the kernel outlived the server"
        assert list(temporary.glob("*")) == []
    finally:
        program.kill()


def test_the_stylesheet_has_the_colours_of_the_package_and_no_other() -> None:
    expected = {}
    for name, value in vars(colours).items():
        if name.isupper():
            many = [value] if isinstance(value, str) else value
            for number, colour in enumerate(many, 1):
                suffix = "" if isinstance(value, str) else f"-{number}"
                expected[f"--{name.lower().replace('_', '-')}{suffix}"] = colour
    found = dict(re.findall(r"(--[\w-]+): (#\w{6});", CSS))
    assert found == expected
    assert len(re.findall(r"#[0-9A-Fa-f]{3,8}\b(?=[;\s,)])", CSS)) == len(expected), "a colour without a name"


def test_the_styles_of_the_cost_page_touch_no_other_page() -> None:
    css = re.sub(r"/\*.*?\*/", "", (TEMPLATE / "static" / "cost.css").read_text(encoding="utf-8"), flags=re.S)
    chosen = [one.strip() for block in re.findall(r"([^{}]+)\{", css) for one in block.split(",")]
    loose = [one for one in chosen if one.startswith(".") and not one.startswith(".km-costs")]
    assert len(loose) > 20
    elsewhere = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in ("monitor", "selection")
        for file in (paths.STATIC / folder).glob("*.js")
    )
    named = {match[1] for one in loose if (match := re.match(r"\.([\w-]+)", one))}
    assert [name for name in sorted(named) if re.search(rf"{name}(?![\w-])", elsewhere)] == []


def test_no_file_of_the_template_names_another_site() -> None:
    files = [file for file in TEMPLATE.rglob("*.*") if file.suffix != ".woff2"]
    for file in [*files, paths.STATIC / "vega_view.js"]:
        text = file.read_text(encoding="utf-8")
        for name in re.findall(r'(?<!include_)url\("([\w.-]+)"\)', text):
            assert (file.parent / name).is_file(), f"{file.name}: {name} does not lie beside it"
        assert not re.search(r'https?:|//\w+\.\w+|@import|(?<!include_)url\((?!"[\w.-]+"\))', text), file.name


def test_the_module_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(vega, "_bundle", lambda source: made.append(source) or "module")
    monkeypatch.setattr(vega.platformdirs, "user_cache_dir", lambda _: str(tmp_path / "cache"))
    assert [vega.module.__wrapped__(), vega.module.__wrapped__()] == ["module", "module"]
    assert len(made) == 1
    assert [file.suffix for file in (tmp_path / "cache").iterdir()] == [".js"]


def test_without_a_cache_folder_the_module_is_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(vega, "_bundle", lambda source: "module")
    monkeypatch.setattr(vega.platformdirs, "user_cache_dir", lambda _: str(tmp_path / "file" / "cache"))
    assert vega.module.__wrapped__() == "module"


def test_a_figure_carries_the_module_only_where_its_page_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(vega.SERVED, raising=False)
    alone = vega.VegaView(spec={"mark": "point"}, label="Eén punt.")
    assert len(alone._esm) > 500_000
    assert alone.get_state()["label"] == "Eén punt."
    monkeypatch.setenv(vega.SERVED, "1")
    assert len(vega.VegaView()._esm) < 500
