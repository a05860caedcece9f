// The partial-page update: forms are sent without a reload, and what changed of the page is taken over.
const ASKS = { "X-Partial": "1", Accept: "text/html" };

let newest = 0;

export async function refresh(url = location.href) {
  const mine = ++newest;
  await show(url, mine);
  await later(url, mine);
}

// What takes long to work out comes after the page: it is asked for by a parameter of the same page.
export async function later(url = location.href, mine = ++newest) {
  const slow = document.querySelector("[data-later]");
  if (!slow) return;
  const whole = new URL(url, location.href);
  whole.searchParams.set(slow.dataset.later, "true");
  await show(whole, mine);
}

async function show(url, mine) {
  const answer = await fetch(url, { headers: ASKS });
  if (answer.status === 401) return location.reload();
  const text = await answer.text();
  if (answer.ok && mine === newest) take(new DOMParser().parseFromString(text, "text/html"), new URL(url, location.href).searchParams);
}

function take(page, asked) {
  for (const next of page.querySelectorAll("[data-part]")) {
    const now = document.getElementById(next.id);
    if (!now || now.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) continue;
    for (const image of next.querySelectorAll("img[data-preview]")) keep(image, now);
    if (now.dataset.later && !asked.has(now.dataset.later)) for (const kept of next.querySelectorAll("[data-keeps]")) kept.innerHTML = document.getElementById(kept.id)?.innerHTML ?? "";
    for (const open of now.querySelectorAll("details[open][id]")) next.querySelector(`#${open.id}`)?.setAttribute("open", "");
    if (now.isEqualNode(next)) continue;
    const held = document.activeElement?.id, isHere = now.contains(document.activeElement);
    now.replaceWith(document.adoptNode(next));
    if (isHere && held) document.getElementById(held)?.focus();
  }
  document.dispatchEvent(new Event("tower:swapped"));
}

// A preview that is shown stays until the next one comes.
function keep(image, now) {
  const shown = now.querySelector(`img[data-preview="${image.dataset.preview}"]`);
  if (shown?.getAttribute("src")) { image.src = shown.src; image.hidden = false; }
}

export function tell(html) {
  const alerts = document.getElementById("alerts");
  alerts.innerHTML = html;
  alerts.querySelector("button")?.addEventListener("click", () => alerts.replaceChildren());
}

function lost() {
  tell('<div class="alert"><strong>Tower does not answer.</strong><p>What you entered is still here; try again in a moment.</p></div>');
}

export async function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const asked = submitter?.dataset.asks;
  if (asked && !confirm(asked)) return;
  form.setAttribute("aria-busy", "true");
  submitter?.setAttribute("disabled", "");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: ASKS });
    if (answer.status === 401) return location.reload();
    const url = answer.headers.get("X-Location");
    if (!url) return tell(await answer.text());
    tell("");
    form.closest("dialog")?.close();
    if (new URL(url, location.href).pathname !== location.pathname) return location.assign(url);
    if (form.dataset.clears !== undefined) form.reset();
    history.replaceState(null, "", url);
    await refresh(url);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    lost();
  } finally {
    form.removeAttribute("aria-busy");
    submitter?.removeAttribute("disabled");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method")?.toLowerCase() !== "post" || form.dataset.plain !== undefined) return;
  event.preventDefault();
  send(form, event.submitter);
});
