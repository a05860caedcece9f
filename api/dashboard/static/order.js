// Scenes in order: dragged, or moved by the keyboard; the order is saved when something has moved.
import { send } from "./swap.js";

export default function order(form) {
  const list = form.querySelector("ol"), said = form.querySelector("[data-says]");
  let held = null, timer = 0;

  function save() {
    form.elements.scenes.value = [...list.children].map((each) => each.dataset.scene).join(",");
    clearTimeout(timer);
    timer = setTimeout(() => send(form), 600);
  }

  function tell(item) {
    said.textContent = `Now at place ${[...list.children].indexOf(item) + 1} of ${list.children.length}`;
  }

  list.addEventListener("dragstart", (event) => {
    held = event.target.closest("li");
    held.classList.add("held");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    event.preventDefault();
    const over = event.target.closest("li");
    if (!held || !over || over === held) return;
    const box = over.getBoundingClientRect();
    over[event.clientY > box.top + box.height / 2 ? "after" : "before"](held);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    held?.classList.remove("held");
    held = null;
    save();
  });
  list.addEventListener("keydown", (event) => {
    const item = event.target.closest("li"), grip = event.target.closest(".grip");
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!grip || !way) return;
    event.preventDefault();
    const other = way < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    other[way < 0 ? "before" : "after"](item);
    grip.focus();
    tell(item);
    save();
  });
  list.addEventListener("click", (event) => {
    if (!event.target.closest("[data-drops]")) return;
    event.target.closest("li").remove();
    save();
  });
}
