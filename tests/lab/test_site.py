# SPDX-License-Identifier: Apache-2.0
"""The site: every link leads somewhere, nothing comes from elsewhere, and search works from a folder of files."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from conftest import ROOT
from lab import chromium

import aukus_mcda
from tools import site

SITE = ROOT / "build" / "site" / "html"
LOADS = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("video", "src")}
"""Where an address is fetched with the page, and not when somebody follows it."""
TASKS = {
    "see a first ranking": "tutorial/first-ranking.html",
    "rank a table of one's own": "how-to/own-table.html",
    "change the weights": "how-to/change-weights.html",
    "use one's own slide template": "how-to/take-it-to-a-meeting.html",
    "verify a file": "how-to/verify.html",
    "draw on a cluster": "how-to/cluster.html",
    "know what a function takes and gives": "reference/api/nearest_flip.html",
    "know what a finding means": "reference/findings.html",
    "know why a method is refused": "explanation/methods-examined.html",
    "know what a verdict means": "explanation/words.html",
}
ENTRIES = [f"{kind}/index.html" for kind in ("tutorial", "how-to", "reference", "explanation")]


class Page(HTMLParser):
    """The links, those in its text, the loaded addresses and the ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.read: list[str] = []
        self.in_text = False
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_text |= tag == "article"
        for name, value in attrs:
            if (tag, name) in LOADS:
                self.loads.append(value or "")
            elif (tag, name) == ("a", "href"):
                self.links.append(value or "")
                self.read += [value or ""] * self.in_text
            elif name in ("id", "name") and value:
                self.ids.add(value)

    def handle_endtag(self, tag: str) -> None:
        self.in_text &= tag != "article"


@pytest.fixture(scope="module")
def pages(prepared: Path) -> dict[str, Page]:
    """Every page of the site, built anew where something has changed."""
    subprocess.run([sys.executable, "-m", "tools.site"], cwd=ROOT, check=True)
    return {path.relative_to(SITE).as_posix(): Page(path.read_text("utf-8")) for path in SITE.rglob("*.html")}


def test_it_is_built_anew_after_a_warning_and_where_something_has_changed_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in site.RESTS_ON:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (*site.PAGES, "requirements.lock"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    monkeypatch.setattr(site, "ROOT", tmp_path)
    monkeypatch.setattr(site, "BUILD", tmp_path / "build")
    monkeypatch.setattr(site, "gather", lambda source: (source / "reference").mkdir(parents=True))
    for name in ("notebooks", "live", "api", "command_line", "findings", "columns", "rooms_drawn"):
        monkeypatch.setattr(site, name, lambda *_: "")
    built: list[list[str]] = []

    def build(given: list[str]) -> int:
        """The first time there is a warning."""
        built.append(given)
        (tmp_path / "build" / "html").mkdir()
        return len(built) == 1

    monkeypatch.setattr(site, "build_main", build)
    assert [site.main(), site.main(), site.main()] == [1, 0, 0] and len(built) == 2
    for count, folder in enumerate((*site.RESTS_ON, "LICENSE", "requirements.lock"), start=3):
        path = next(filter(Path.is_file, [tmp_path / folder, *(tmp_path / folder).rglob("*")]))
        path.write_bytes(path.read_bytes() + b" ")
        assert [site.main(), site.main()] == [0, 0] and len(built) == count, path
    (tmp_path / "build" / "html" / ".built-from").unlink()
    assert site.main() == 0 and len(built) == count + 1


def target(page: str, address: str) -> str:
    """The file of the site that a link on a page names."""
    path = unquote(urlsplit(address).path)
    return (SITE / page).parent.joinpath(path).resolve().relative_to(SITE).as_posix() if path else page


def test_every_link_leads_to_a_file_and_a_place_that_are_there(pages: dict[str, Page]) -> None:
    dead = []
    for name, page in pages.items():
        for address in [*page.links, *page.loads]:
            if urlsplit(address).scheme or address in ("", "#"):
                continue
            to, anchor = target(name, address), unquote(urlsplit(address).fragment)
            if not (SITE / to).exists() or (anchor and to in pages and anchor not in pages[to].ids):
                dead.append(f"{name}: {address}")
    assert dead == [] and len(pages) > 100


def test_no_page_loads_anything_from_elsewhere(pages: dict[str, Page]) -> None:
    away = {(name, load) for name, page in pages.items() for load in page.loads if urlsplit(load).netloc}
    styles = {
        path.name: re.findall(r"url\(['\"]?(?:https?:)?//", path.read_text("utf-8")) for path in SITE.rglob("*.css")
    }
    assert away == set() and not any(styles.values()) and styles


def test_every_public_name_has_a_page_with_an_example(pages: dict[str, Page]) -> None:
    for name in aukus_mcda.__all__:
        text = (SITE / f"reference/api/{name}.html").read_text("utf-8")
        assert f'id="aukus_mcda.{name}"' in text
        assert "Examples" in text or issubclass(getattr(aukus_mcda, name), Exception)


def test_each_entry_page_leads_to_each_task_in_three_clicks(pages: dict[str, Page]) -> None:
    """By links in the text of pages alone; the list at the left has all pages."""
    leads = {
        name: {target(name, link) for link in page.read if not urlsplit(link).scheme} for name, page in pages.items()
    }
    for entry in ["index.html", *ENTRIES]:
        reached = {entry}
        for _ in range(3):
            reached |= set().union(*(leads[name] for name in reached & leads.keys()))
        assert set(TASKS.values()) - reached == set(), entry


def test_search_works_from_files_and_with_the_network_cut(pages: dict[str, Page]) -> None:
    """Every page is opened too: whatever asks for more than files, or throws an error, is told."""
    asked: list[str] = []
    errors: list[str] = []
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto((SITE / "index.html").as_uri())
        page.fill(".sidebar-search", "nearest flip")
        page.press(".sidebar-search", "Enter")
        page.wait_for_selector("ul.search li a")
        hits: Any = page.eval_on_selector_all("ul.search li a", "links => links.map((link) => link.textContent)")
        assert "nearest_flip" in " ".join(hits)
        page.click("ul.search li a")
        for name in ("index.html", "house.html", "explanation/other-methods.html", "notebooks/00_start_here.html"):
            page.goto((SITE / name).as_uri())
            page.wait_for_load_state()
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{name} is wider than the window"
        page.frame_locator("iframe.board").locator(".awb[data-order]").wait_for()
    assert {urlsplit(url).scheme for url in asked} <= {"file", "data", "blob"}
    assert errors == []
