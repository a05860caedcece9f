"""The page at `/`: what answers here, its queue, and its newest animatics."""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<title>Tower's embedded renderer</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; }}
code {{ background: #8882; padding: 0 .3em; }} li {{ overflow-wrap: anywhere; }}
</style></head><body>
<h1>Tower's embedded renderer</h1>
<p>This server speaks ComfyUI's HTTP and WebSocket protocol and draws <b>animatics</b>: timed storyboards in
moving pictures, made from the prompt and the characters' reference art. They are not a model's work.
Set <code>TOWER_COMFYUI_URLS</code> to render on real ComfyUI servers instead.</p>
<p>Running: {running}. Waiting: {waiting}. <a href="queue">queue</a> <a href="history">history</a>
<a href="object_info">nodes</a> <a href="system_stats">system</a></p>
<h2>Newest animatics</h2>
<ul>{items}</ul>
</body></html>
"""


def page(*, running: int, waiting: int, outputs: Sequence[str]) -> str:
    """The page as HTML; `outputs` are names relative to the output folder."""
    items = "".join(f'<li><a href="{escape(_link(name))}">{escape(name)}</a></li>' for name in outputs)
    return _PAGE.format(running=running, waiting=waiting, items=items or "<li>none yet</li>")


def _link(name: str) -> str:
    subfolder, _, filename = name.rpartition("/")
    return "view?" + urlencode({"filename": filename, "subfolder": subfolder, "type": "output"})
