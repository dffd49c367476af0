// One clip after the other; an answer for each.

const given = JSON.parse(document.getElementById("given").textContent);
const clips = given.clips; // { clip, marked, film }
const STORE = `ethoframe audit ${given.id}`;
const SLOW = 0.25;
const FRAME_S = 1 / 30;
const WORDS = {
  marked: ["Is the mark on the animal, all through?", "yes, all through", "no: beside it, or missing"],
  unmarked: ["Nothing is marked here. Is there no animal to be seen?", "right, there is none", "missed: there is one"],
};

const video = element("video");
let answers = {};
let now = 0;
let over = false;

function element(id) {
  return document.getElementById(id);
}

function csvOf(answered) {
  const rows = clips.filter(({ clip }) => answered[clip]).map(({ clip }) => `${given.id},${clip},${answered[clip]}`);
  return `audit,clip,answer\r\n${rows.map((row) => `${row}\r\n`).join("")}`;
}

function show(index) {
  now = Math.min(clips.length - 1, Math.max(0, index));
  over = false;
  video.src = clips[now].film;
  video.playbackRate = video.defaultPlaybackRate;
  video.play().catch(() => {}); // where a browser waits for a click, the button is there
  render();
}

function answer(word) {
  if (over) return;
  answers[clips[now].clip] = word;
  try {
    localStorage.setItem(STORE, JSON.stringify(answers));
  } catch {
    // A browser that keeps nothing for files still lets the answers be downloaded.
  }
  const order = clips.map((_, i) => (now + 1 + i) % clips.length);
  const next = order.find((i) => !answers[clips[i].clip]);
  if (next !== undefined) show(next);
  else finish();
}

function finish() {
  over = true;
  video.pause();
  render();
}

function render() {
  const count = clips.filter(({ clip }) => answers[clip]).length;
  const [question, yes, no] = WORDS[clips[now].marked ? "marked" : "unmarked"];
  element("number").textContent = `clip ${now + 1} of ${clips.length}`;
  element("left").textContent = count === clips.length ? "all answered" : `${clips.length - count} without an answer`;
  element("question").textContent = question;
  element("yes").textContent = yes;
  element("no").textContent = no;
  for (const button of document.querySelectorAll("[data-answer]")) {
    const isGiven = answers[clips[now].clip] === button.dataset.answer;
    button.classList.toggle("given", isGiven);
    button.setAttribute("aria-pressed", isGiven);
  }
  element("look").hidden = over;
  element("done").hidden = !over;
  element("pause").textContent = video.paused ? "play" : "pause";
  element("slow").setAttribute("aria-pressed", video.playbackRate < 1);
  element("save").disabled = !count;
  [...element("bar").children].forEach((dot, i) => {
    const said = answers[clips[i].clip];
    dot.className = `${said === "?" ? "q" : said ?? ""}${i === now && !over ? " now" : ""}`;
  });
}

function slow() {
  video.defaultPlaybackRate = video.playbackRate < 1 ? 1 : SLOW;
  video.playbackRate = video.defaultPlaybackRate;
  render();
}

function pause() {
  if (video.paused) video.play();
  else video.pause();
}

function again() {
  video.currentTime = 0;
  video.play();
}

function step(by) {
  video.pause();
  video.currentTime = Math.min(video.duration - FRAME_S / 2, Math.max(0, video.currentTime + by * FRAME_S));
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csvOf(answers)], { type: "text/csv" }));
  link.download = "audit.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const KEYS = {
  y: () => answer("y"),
  n: () => answer("n"),
  "?": () => answer("?"),
  ArrowLeft: () => show(over ? now : now - 1),
  ArrowRight: () => show(now + 1),
  " ": pause,
  s: slow,
  r: again,
  ",": () => step(-1),
  ".": () => step(1),
};

document.addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey || event.altKey || !(key in KEYS)) return;
  if (key === " " && event.target.closest("button, summary")) return; // a button is pressed by it
  event.preventDefault();
  KEYS[key]();
});
for (const button of document.querySelectorAll("[data-answer]")) {
  button.addEventListener("click", () => answer(button.dataset.answer));
}
for (const [id, action] of Object.entries({
  before: KEYS.ArrowLeft, after: KEYS.ArrowRight, pause, slow, again, save, "save-done": save, "look-again": () => show(0),
})) {
  element(id).addEventListener("click", action);
}
for (const event of ["play", "pause", "ratechange"]) video.addEventListener(event, render);
video.addEventListener("error", () => { element("broken").hidden = false; });
element("bar").append(...clips.map((_, i) => {
  const dot = document.createElement("button");
  dot.type = "button";
  dot.tabIndex = -1;
  dot.setAttribute("aria-label", `clip ${i + 1}`);
  dot.addEventListener("click", () => show(i));
  return dot;
}));
element("command").textContent = given.command;
try {
  answers = JSON.parse(localStorage.getItem(STORE)) ?? {};
} catch {
  answers = {};
}
const first = clips.findIndex(({ clip }) => !answers[clip]);
show(first < 0 ? 0 : first);
if (first < 0) finish();
