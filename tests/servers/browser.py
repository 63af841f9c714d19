"""Pages in a real browser: headless Chromium looks at them, at the width of a small phone too, and axe judges them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

AXE = Path(__file__).parents[2] / ".venv/node/node_modules/axe-core/axe.min.js"
INSTALL = "tests/servers/install"
_SECONDS = 120
_LOOK = """<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Blick</title></head><body><pre id="seen">
</pre><script src="axe.js"></script><script>
(async function () {
  const seen = [], axe_source = await (await fetch("axe.js")).text();
  for (const name of %s) for (const width of [320, 1024]) {
    const frame = document.createElement("iframe");
    frame.style.cssText = `width: ${width}px; height: 800px; border: 0`;
    frame.src = name;
    await new Promise(function (done) { frame.onload = done; document.body.append(frame); });
    const page = frame.contentWindow;
    page.eval(axe_source);
    const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
    const found = await page.axe.run(page.document, {runOnly: rules});
    seen.push({name, width, scrolls: page.document.documentElement.scrollWidth,
      violations: found.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 200))]),
      checked: found.passes.length, script: await page.eval(%s)});
    frame.remove();
  }
  document.getElementById("seen").textContent = JSON.stringify(seen);
}());
</script></body></html>"""


def program() -> str | None:
    """The browser, where it and axe are installed."""
    return chromium() if AXE.exists() else None


def chromium() -> str | None:
    """The browser alone, which suffices to print."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def look(folder: Path, pages: Sequence[str], script: str = "null") -> list[dict[str, Any]]:
    """What is seen of each page at 320 and 1024 pixels: its width, what axe objects to, and what the script gives.

    folder: served from the disk, as the pages are meant to work. script: JavaScript that is carried out in each page.
    """
    browser = program()
    assert browser
    (folder / "axe.js").write_bytes(AXE.read_bytes())
    looking = folder / "blick.html"
    looking.write_text(_LOOK % (json.dumps(list(pages)), json.dumps(script)), "utf-8")
    done = _run(browser, "--virtual-time-budget=60000", "--dump-dom", looking.as_uri())
    seen = unescape(done.stdout.partition('<pre id="seen">')[2].partition("</pre>")[0])
    assert seen.strip(), done.stderr[-2000:]
    found: list[dict[str, Any]] = json.loads(seen)
    return found


def printed(page: Path) -> int:
    """On how many sheets of paper the page is printed."""
    browser = chromium()
    assert browser
    sheets = page.with_suffix(".pdf")
    _run(browser, "--no-pdf-header-footer", f"--print-to-pdf={sheets}", page.as_uri())
    return len(re.findall(rb"/Type */Page\b", sheets.read_bytes()))


def _run(browser: str, *words: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own:
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--allow-file-access-from-files",
            f"--user-data-dir={own}",
        ]
        command = [browser, *options, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
