// While a prompt is written: what the check would find of it, a moment after the last key.
const WAIT_MS = 350;

export default function check(form) {
  const into = document.getElementById("check");
  let timer = 0, asked = null;

  async function look() {
    asked?.abort();
    asked = new AbortController();
    into.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch("/new/check", { method: "POST", body, signal: asked.signal, headers: { "X-Partial": "1" } });
      into.innerHTML = await answer.text();
      into.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name !== "AbortError") into.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  form.elements.project_id.addEventListener("change", () => {
    const kept = new URLSearchParams({ project: form.elements.project_id.value, prompt: form.elements.prompt.value });
    location.assign(`/new?${kept}`);
  });
  look();
}
