// How everything goes, over one event stream a page; a page that nobody sees holds none.
import { refresh } from "./swap.js";

let source = null, timer = 0, isLate = false;

function soon() {
  clearTimeout(timer);
  timer = setTimeout(() => refresh().catch(() => {}), 350);
}

function onGeneration(event) {
  const { generation_id: id, stage, status, progress } = JSON.parse(event.data);
  const shown = document.querySelectorAll(`[data-generation="${id}"]`);
  for (const element of shown) {
    for (const bar of element.querySelectorAll("progress")) bar.value = progress;
    if (element.dataset.stage !== stage || element.dataset.status !== status) soon();
  }
  if (!shown.length && document.querySelector("[data-live=all]")) soon();
}

function onPreview(event) {
  const { generation_id: id, jpeg } = JSON.parse(event.data);
  for (const image of document.querySelectorAll(`img[data-preview="${id}"]`)) {
    image.src = `data:image/jpeg;base64,${jpeg}`;
    image.hidden = false;
  }
}

function open() {
  if (source || document.hidden || !document.querySelector("[data-live]")) return;
  source = new EventSource("/api/anime/events");
  source.addEventListener("generation", onGeneration);
  source.addEventListener("preview", onPreview);
  source.addEventListener("open", () => { if (isLate) soon(); isLate = true; });
  source.addEventListener("error", () => { if (source?.readyState === EventSource.CLOSED) { close(); setTimeout(open, 5000); } });
}

function close() {
  source?.close();
  source = null;
}

document.addEventListener("visibilitychange", () => document.hidden ? close() : open());
addEventListener("pagehide", close);
addEventListener("pageshow", open);
open();
