# SPDX-License-Identifier: Apache-2.0
"""JupyterLab in Chromium, for tests: a server on a free loopback port, and notebooks run as a person runs them.

Where there is no browser the tests that need one are skipped; in CI they fail.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import pytest
from conftest import missing

from aukus_mcda.lab.start import LAB_CONFIG, LAB_EXTENSIONS

QUIET = (
    "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-quic", "--disable-extensions",
)  # fmt: skip
ROOT = Path(__file__).parent.parent.parent
PATIENCE = 180
"""Seconds for JupyterLab to start, open a notebook and run it: far too many, but for a machine with much else to do."""
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium that talks to nobody of its own accord."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        missing("chromium")
    from playwright.sync_api import sync_playwright

    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=[*root, *QUIET])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def jupyterlab(folder: Path) -> Iterator[Lab]:
    """JupyterLab that serves a folder, and a Chromium to look at it with."""
    with chromium() as browser:
        lab = Lab(folder, browser)
        try:
            yield lab
        finally:
            lab.close()


class Lab:
    """A JupyterLab server and what was asked of the network while it was looked at.

    Attributes
    ----------
    folder : Path
        The folder it serves: notebooks go here, and kernels start beside their notebooks.
    requests : list of str
        Every address a page asked for.
    """

    def __init__(self, folder: Path, browser: Any) -> None:
        self.folder, self.browser = folder, browser
        self.pages: list[Any] = []
        self.requests: list[str] = []
        self.token = secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = folder.parent / "lab-settings"
        settings.mkdir(exist_ok=True)
        self.log = (folder.parent / "lab.log").open("w")
        environment = os.environ | {
            "JUPYTER_CONFIG_DIR": str(settings), "JUPYTER_CONFIG_PATH": str(LAB_CONFIG),
            "JUPYTERLAB_SETTINGS_DIR": str(settings / "user"),
            "JUPYTERLAB_WORKSPACES_DIR": str(settings / "workspaces"),
            "JUPYTER_RUNTIME_DIR": str(settings / "runtime"), "IPYTHONDIR": str(settings / "ipython"),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        }  # fmt: skip
        root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        self.server = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser", "--ip=127.0.0.1",
                f"--port={self.port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}",
                f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                "--LabApp.extension_manager=readonly", f"--LabApp.extra_labextensions_path={LAB_EXTENSIONS}",
                *root,
            ],
            env=environment, stdout=self.log, stderr=subprocess.STDOUT, cwd=folder,
        )  # fmt: skip
        self._await()

    def _await(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.address}/api?token={self.token}", timeout=2).close()
                return
            except OSError:
                if self.server.poll() is not None:
                    break
                time.sleep(0.1)
        self.close()
        pytest.fail(f"JupyterLab did not start; its log is {self.log.name}")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop the server and its kernels."""
        self.server.terminate()
        try:
            self.server.wait(20)
        except subprocess.TimeoutExpired:  # now and then one does not end whose kernels are beginning
            self.server.kill()
            self.server.wait()
        self.log.close()

    def page(self) -> Any:
        """A new page whose every request is written down."""
        page = self.browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.pages.append(page)
        page.set_default_timeout(30_000)
        page.on("request", lambda request: self.requests.append(request.url))
        return page

    def write(self, name: str, *cells: str, go_on: bool = False) -> str:
        """Put a notebook of code cells into the folder; with ``go_on`` an error does not stop the cells after it."""
        tags = {"tags": ["raises-exception"]} if go_on else {}
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell, metadata=tags) for cell in cells])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(made, self.folder / name)
        return name

    def open(self, page: Any, name: str, *, anew: bool = True) -> None:
        """Open a notebook and await its kernel; unless ``anew``, in the JupyterLab that the page shows already."""
        if anew:  # in a workspace of the page's own, or it would open what other pages show
            workspace = self.pages.index(page)
            page.goto(f"{self.address}/lab/workspaces/{workspace}/tree/{name}?token={self.token}")
        else:
            page.evaluate("async (path) => { await jupyterapp.commands.execute('docmanager:open', { path }); }", name)
        ready = """async (name) => {
            const app = window.jupyterapp;
            if (!app?.shell || !app.commands.hasCommand("notebook:run-all-cells")) return false;
            await app.restored;
            const panel = [...app.shell.widgets("main")].find((each) => each.context?.path === name);
            if (!panel) return false;
            await panel.context.ready;
            await panel.sessionContext.ready;
            app.shell.activateById(panel.id);
            return Boolean(panel.sessionContext.session?.kernel);
        }"""
        # A function that is polled must not be asynchronous: a promise counts as true.
        deadline = time.monotonic() + PATIENCE
        while not page.evaluate(ready, name):
            assert time.monotonic() < deadline, f"{name} did not open"
            page.wait_for_timeout(100)

    def close_notebooks(self, page: Any) -> None:
        """Save and close the notebooks that are open and end their kernels, as nobody looks at them any more."""
        page.evaluate(
            """async () => {
                const { shell, serviceManager } = window.jupyterapp;
                for (const panel of [...shell.widgets("main")].filter((each) => each.sessionContext)) {
                    const { session } = panel.sessionContext;
                    await panel.context.save();
                    panel.dispose();  // before its kernel, or JupyterLab asks whether to wait for the end of it
                    if (session) serviceManager.sessions.shutdown(session.id);  // in its own time
                }
            }"""
        )

    def run_all(self, page: Any) -> list[list[dict[str, Any]]]:
        """Run all cells and await the end, or the error that stops them; give the outputs of each cell."""
        page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        page.wait_for_function(
            """() => {
                const panel = window.jupyterapp.shell.currentWidget;
                const cells = panel.content.widgets.map(({ model }) => model).filter(({ type }) => type === "code");
                const stops = (cell) => !cell.getMetadata("tags")?.includes("raises-exception")
                    && cell.outputs.toJSON().some((output) => output.output_type === "error");
                return cells.some(stops) || cells.every((cell) => cell.executionCount);
            }""",
            timeout=PATIENCE * 1000,
        )
        return page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
                .map((cell) => cell.model.outputs?.toJSON() ?? [])"""
        )

    def run_well(self, page: Any) -> None:
        """Run all cells; an error in one, or a word on stderr, is the test's."""
        outputs = [output for cell in self.run_all(page) for output in cell]
        assert [
            f"{output['ename']}: {output['evalue']}" for output in outputs if output["output_type"] == "error"
        ] == []
        assert [output["text"] for output in outputs if output.get("name") == "stderr"] == []

    def ask(self, page: Any, code: str) -> Any:
        """What the notebook's kernel prints as JSON when it runs some code."""
        text = page.evaluate(
            """async (code) => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const asked = kernel.requestExecute({ code, store_history: false });
                let text = "";
                asked.onIOPub = (message) => {
                    if (message.header.msg_type === "stream") text += message.content.text;
                    if (message.header.msg_type === "error") text += JSON.stringify(message.content.evalue);
                };
                await asked.done;
                return text;
            }""",
            code,
        )
        return json.loads(text)

    def restart_kernel(self, page: Any) -> None:
        """Restart the notebook's kernel, without asking anyone."""
        page.evaluate(
            """async () => {
                const { session } = window.jupyterapp.shell.currentWidget.sessionContext;
                await session.kernel.restart();
                await session.kernel.info;
            }"""
        )

    def outside(self) -> list[str]:
        """Addresses asked for that are not on this machine."""
        parts = [(url, urlsplit(url)) for url in self.requests]
        return [url for url, at in parts if at.scheme not in ("data", "blob") and at.hostname not in LOOPBACK]
