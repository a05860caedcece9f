// Tapping a tempo: the median of the last intervals; after a pause it begins anew.
const PAUSE_MS = 2500, MOST = 16, FEWEST = 4;

export default function tap(button) {
  const field = document.getElementById(button.dataset.fills), said = document.getElementById(button.dataset.says);
  let taps = [];

  function beat() {
    const now = performance.now();
    if (now - taps.at(-1) > PAUSE_MS) taps = [];
    taps = [...taps, now].slice(-MOST);
    const gaps = taps.slice(1).map((at, index) => at - taps[index]).sort((a, b) => a - b);
    if (gaps.length < FEWEST - 1) return said.textContent = `${FEWEST - taps.length} more`;
    const bpm = 60000 / gaps[gaps.length >> 1];
    field.value = bpm.toFixed(1);
    said.textContent = `${bpm.toFixed(1)} BPM from ${taps.length} taps`;
  }

  button.addEventListener("pointerdown", beat);
  button.addEventListener("keydown", (event) => {
    if (event.repeat || ![" ", "Enter", "t"].includes(event.key)) return;
    event.preventDefault();
    beat();
  });
}
