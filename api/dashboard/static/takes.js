// Two takes that play in step: the first one leads, the other follows; a flagged frame is gone to in both.
const LAG_S = 0.04;

export default function takes(root) {
  const videos = [...root.querySelectorAll("video")], [leader, ...followers] = videos;
  const button = root.querySelector("[data-play]"), range = root.querySelector("input[type=range]");
  const clock = root.querySelector("[data-clock]");
  if (!leader) return;

  const rate = (video) => Number(video.dataset.frames) / video.duration || 24;
  const say = () => { button.textContent = leader.paused ? "Play" : "Pause"; };

  function seek(seconds) {
    for (const video of videos) video.currentTime = Math.min(seconds, video.duration || seconds);
    show();
  }

  function show() {
    if (!leader.duration) return;
    range.max = leader.duration;
    range.value = leader.currentTime;
    clock.textContent = `${leader.currentTime.toFixed(2)} s, frame ${Math.floor(leader.currentTime * rate(leader) + 1e-3)}`;
    for (const video of videos) mark(video);
  }

  function mark(video) {
    const chart = video.closest(".player").querySelector("svg.metrics"), head = chart?.querySelector(".playhead");
    if (!head || !video.duration) return;
    const x = Number(chart.dataset.left) + Number(chart.dataset.wide) * video.currentTime / video.duration;
    head.setAttribute("x1", x);
    head.setAttribute("x2", x);
  }

  function step() {
    for (const video of followers) {
      if (Math.abs(video.currentTime - leader.currentTime) > LAG_S && leader.currentTime < video.duration) video.currentTime = leader.currentTime;
    }
    show();
    if (!leader.paused) requestAnimationFrame(step);
  }

  function toggle() {
    if (!leader.paused) return videos.forEach((video) => video.pause());
    if (leader.ended) seek(0);
    videos.forEach((video) => video.play());
  }

  leader.addEventListener("play", () => { say(); requestAnimationFrame(step); });
  leader.addEventListener("pause", () => { say(); followers.forEach((video) => video.pause()); });
  leader.addEventListener("loadedmetadata", show);
  button.addEventListener("click", toggle);
  range.addEventListener("input", () => seek(Number(range.value)));
  root.addEventListener("click", (event) => {
    const flag = event.target.closest("[data-frame]");
    if (!flag) return;
    event.preventDefault();
    const video = flag.closest(".player")?.querySelector("video") ?? leader;
    videos.forEach((each) => each.pause());
    seek((Number(flag.dataset.frame) + 0.5) / rate(video));
  });
  document.addEventListener("keydown", (event) => {
    if (!root.isConnected || event.target.closest("input, textarea, select, button, a, summary")) return;
    const moves = { ",": -1, ".": 1, ArrowLeft: -1, ArrowRight: 1 };
    if (event.key === " ") { event.preventDefault(); toggle(); }
    if (moves[event.key]) { event.preventDefault(); leader.pause(); seek(Math.max(0, leader.currentTime + moves[event.key] / rate(leader))); }
  });
  show();
}
