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

// A file goes to the store first; what stands in the form afterwards is its path.
document.addEventListener("change", async (event) => {
  const { target } = event;
  if (target.matches("[data-submits]")) return target.form.requestSubmit();
  if (!target.matches("input[type=file][data-into]") || !target.files.length) return;
  const into = target.form.elements[target.dataset.into], said = target.closest("label").querySelector(".hint");
  const body = new FormData();
  body.append("file", target.files[0]);
  target.form.setAttribute("aria-busy", "true");
  said.textContent = "Uploading …";
  const answer = await fetch("/api/anime/assets", { method: "POST", body });
  const told = await answer.json();
  target.form.removeAttribute("aria-busy");
  if (answer.ok) into.value = told.path;
  said.textContent = answer.ok ? `${target.files[0].name} is in the store.` : `${told.error.message} (${told.error.request_id})`;
  into.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("tower:swapped", load);
load();
later().catch(() => {});
