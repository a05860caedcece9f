// While a prompt is written: what the check would find of it and what would be done, a moment after the last key.
const WAIT_MS = 350, LOST = '<p class="find warn small">Tower does not answer; what you wrote is still here.</p>';

export default function check(form) {
  let timer = 0, asked = null;

  async function look(what, signal) {
    const into = document.getElementById(what), body = new URLSearchParams(new FormData(form));
    into.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`/new/${what}`, { method: "POST", body, signal, headers: { "X-Partial": "1" } });
      if (answer.status === 401) return location.reload();
      into.innerHTML = await answer.text();
    } catch (error) {
      if (error.name === "AbortError") return;
      into.innerHTML = LOST;
    }
    into.removeAttribute("aria-busy");
  }

  function begin() {
    asked?.abort();
    asked = new AbortController();
    for (const what of ["check", "plan"]) look(what, asked.signal);
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(begin, WAIT_MS);
  });
  form.elements.project_id.addEventListener("change", () => {
    const kept = new URLSearchParams({ project: form.elements.project_id.value, prompt: form.elements.prompt.value });
    location.assign(`/new?${kept}`);
  });
  begin();
}
