// What every page has: forms without a reload, live state, shortcuts. Each further module comes with its page.
import { later } from "./swap.js";
import "./live.js";

const KEYS = { n: "/", c: "/new", p: "/projects", m: "/music", e: "/echo" };
const MODULES = { check: "./check.js", takes: "./takes.js", order: "./order.js", tap: "./tap.js" };
let isGoing = false;

function load() {
  for (const element of document.querySelectorAll("[data-module]:not([data-loaded])")) {
    element.dataset.loaded = "";
    import(MODULES[element.dataset.module]).then((module) => module.default(element));
  }
}

function isWriting(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter" && event.target.form) return event.target.form.requestSubmit();
  if (event.metaKey || event.ctrlKey || event.altKey || isWriting(event.target)) return;
  if (event.key === "?") return document.getElementById("keys").showModal();
  if (event.key === "/") {
    const field = document.querySelector("input[type=search]");
    if (field) { event.preventDefault(); field.focus(); }
    return;
  }
  if (isGoing && KEYS[event.key] && document.querySelector(`nav a[href="${KEYS[event.key]}"]`)) location.assign(KEYS[event.key]);
  isGoing = event.key === "g";
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  if (event.target.closest("[data-closes]") || event.target.tagName === "DIALOG") event.target.closest("dialog").close();
});

// A file goes up by itself: into the store, and its path into the form; or an archive, which becomes a project.
async function upload(input, url) {
  const said = input.closest("label").querySelector(".hint"), body = new FormData();
  body.append("file", input.files[0]);
  input.form.setAttribute("aria-busy", "true");
  said.textContent = "Uploading …";
  try {
    const answer = await fetch(url, { method: "POST", body }), told = await answer.json();
    said.textContent = answer.ok ? `${input.files[0].name} is here.` : `${told.error.message} (${told.error.request_id})`;
    return answer.ok ? told : null;
  } catch {
    said.textContent = "Tower does not answer; try again in a moment.";
    return null;
  } finally {
    input.form.removeAttribute("aria-busy");
  }
}

document.addEventListener("change", async ({ target }) => {
  if (target.matches("[data-submits]")) return target.form.requestSubmit();
  if (!target.matches("input[type=file]") || !target.files.length) return;
  const told = await upload(target, target.dataset.goes ?? "/api/anime/assets");
  if (!told) return;
  if (target.dataset.to) return location.assign(target.dataset.to + told.project_id);
  const into = target.form.elements[target.dataset.into];
  into.value = told.path;
  into.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("tower:swapped", load);
load();
later().catch(() => {});
