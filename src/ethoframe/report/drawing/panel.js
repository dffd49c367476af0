// The list beside the picture, the file that comes of it, and its buttons.

const HINTS = {
  rectangle: ["Click a corner of the floor (or press and draw a box).", "Click the next corner.", "Click the next corner.", "Click the last corner."],
  circle: ["Click the middle (or press there and pull to the rim).", "Click the rim."],
  polygon: ["Click the first corner.", "Click the next corner.", "Click the next corner.", "Click the next corner; the first one again, or Enter, closes it."],
};

function element(id) {
  return document.getElementById(id);
}

function render() {
  renderPicture();
  renderPanel();
  renderWhere();
  const text = drawing.arenas.length ? tomlOf(drawing, size) : "";
  element("toml").textContent = text || "# draw an arena first";
  for (const id of ["save", "copy"]) element(id).disabled = !text;
  const doubts = doubtsOf(drawing, size);
  element("doubts").hidden = !doubts.length;
  element("doubts").querySelector("ul").replaceChildren(...doubts.map((doubt) => make("li", {}, doubt)));
  element("undo").disabled = !past.length && !pending?.points.length;
  element("redo").disabled = !future.length;
  stage.classList.toggle("drawing", Boolean(pending));
  stage.classList.toggle("panning", Boolean(grip?.pan));
}

function renderWhere() {
  const corner = chosenFigure()?.points[chosen.corner];
  const at = watched || !corner ? pointer : corner;
  element("where").textContent = at ? `x ${at[0].toFixed(1)}  y ${at[1].toFixed(1)} px` : "";
  element("hint").textContent = hint();
}

function hint() {
  if (pending) {
    const lines = HINTS[pending.shape];
    return `${lines[Math.min(pending.points.length, lines.length - 1)]} Escape stops.`;
  }
  if (!drawing.arenas.length) return "Choose a shape on the right, then click its corners here.";
  if (chosen.corner >= 0) return "Drag the corner, or move it by half a pixel with the arrow keys.";
  if (chosenFigure()) return "Drag a corner, or the whole shape.";
  return "Click a shape to change it.";
}

function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [word, value] of Object.entries(attributes)) {
    if (word.startsWith("on")) made.addEventListener(word.slice(2), value);
    else if (word === "style") made.style.cssText = value;
    else if (value !== false) made.setAttribute(word, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

let shownAs = "";

// Built anew when shapes come, go or are chosen; while something is typed, it is left alone.
function renderPanel() {
  const shape = (figure) => `${figure.shape}${figure.points.length}`;
  const built = JSON.stringify([chosen.arena, chosen.zone, unit, drawing.arenas.map((a) => [shape(a), a.zones.map(shape)])]);
  const box = element("arenas");
  if (built === shownAs) {
    for (const input of box.querySelectorAll("input")) {
      if (input !== document.activeElement) input.value = input.shows();
    }
    return;
  }
  shownAs = built;
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.key : "";
  box.replaceChildren(...drawing.arenas.map(card));
  if (!drawing.arenas.length) box.append(make("p", { class: "empty" }, "None yet: choose a shape below."));
  if (focused) box.querySelector(`[data-key="${focused}"]`)?.focus();
}

function field(attributes, shows, takes) {
  const input = make("input", { autocomplete: "off", spellcheck: "false", ...attributes });
  input.shows = shows;
  input.value = shows();
  input.addEventListener("input", () => change(`typed ${attributes["data-key"]}`, () => takes(input.value)));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") stage.focus();
  });
  return input;
}

function card(arena, i) {
  const pick = (zone) => () => {
    if (chosen.arena === i && chosen.zone === zone) return;
    chosen = { arena: i, zone, corner: -1 };
    lastKind = "";
    render();
  };
  const called = () => drawing.arenas[i];
  const name = field(
    { type: "text", class: "name", "aria-label": "Name of the arena", "data-key": `name ${i}`, onfocus: pick(-1) },
    () => called().name,
    (text) => { called().name = text; },
  );
  const head = make("div", { class: "row" }, name,
    make("button", { type: "button", title: "the same once more", onclick: () => duplicate(i) }, "copy"),
    make("button", { type: "button", title: "take it away", "aria-label": `take ${arena.name} away`, onclick: () => remove(i, -1) }, "×"));
  const isChosen = i === chosen.arena;
  const found = make("div", { class: `card${isChosen && chosen.zone < 0 ? " chosen" : ""}`, style: `--hue:${HUES[0]}`, onclick: (event) => { if (event.target === found) pick(-1)(); } }, head, lengths(i));
  found.append(...arena.zones.map((zone, j) => zoneRow(i, j, pick(j))), zoneButtons(i));
  if (isChosen) found.append(spots());
  return found;
}

function lengths(i) {
  const row = make("div", { class: "row lengths" });
  sidesOf(drawing.arenas[i]).forEach((side, k) => {
    const shows = () => {
      const mm = drawing.arenas[i].sides[k];
      return mm > 0 ? written(mm / MM[unit], 3) : "";
    };
    const takes = (text) => {
      const length = Number(text.replace(",", ".")) * MM[unit];
      drawing.arenas[i].sides[k] = length > 0 ? length : null;
    };
    const input = field({ type: "text", inputmode: "decimal", placeholder: unit, "data-key": `side ${i} ${k}` }, shows, takes);
    row.append(make("label", {}, side.name, input));
  });
  if (drawing.arenas.length > 1) {
    const same = () => change("", () => {
      for (const arena of drawing.arenas) arena.sides = [...drawing.arenas[i].sides];
    });
    row.append(make("button", { type: "button", onclick: same }, "same for all"));
  }
  return row;
}

function zoneRow(i, j, pick) {
  const called = () => drawing.arenas[i].zones[j];
  const isChosen = chosen.arena === i && chosen.zone === j;
  return make("div", { class: `row zone${isChosen ? " chosen" : ""}`, style: `--hue:${zoneHue(j)}` },
    make("i", { class: called().shape }),
    field({ type: "text", class: "name", "aria-label": "Name of the zone", "data-key": `zone ${i} ${j}`, onfocus: pick },
      () => called().name, (text) => { called().name = text; }),
    make("button", { type: "button", "aria-label": `take ${called().name} away`, onclick: () => remove(i, j) }, "×"));
}

function zoneButtons(i) {
  const none = !drawing.arenas[i].zones.length;
  const row = make("div", { class: "row add" }, make("span", {}, none ? "zones: the standard ones, or draw" : "one more zone"));
  for (const shape of ["rectangle", "circle", "polygon"]) {
    row.append(make("button", { type: "button", title: `draw a zone: ${shape}`, "aria-label": `draw a zone: ${shape}`, onclick: () => start(shape, i) }, make("i", { class: shape })));
  }
  return row;
}

// The corners in numbers, for those who know them, and for hands that cannot draw.
function spots() {
  const figure = chosenFigure();
  const words = figure.shape === "circle" ? ["middle", "rim"] : figure.points.map((_, k) => `corner ${k + 1}`);
  const rows = words.map((word, k) =>
    make("div", { class: "row" }, make("span", {}, word), ...[0, 1].map((axis) =>
      field({ type: "number", step: "0.5", "aria-label": `${word} ${"xy"[axis]}`, "data-key": `spot ${k} ${axis}` },
        () => written(chosenFigure()?.points[k]?.[axis] ?? 0),
        (text) => {
          const to = [...chosenFigure().points[k]];
          to[axis] = Number(text) || 0;
          place(chosenFigure(), k, to);
        }))));
  const box = make("details", { class: "spots" }, make("summary", {}, "corners in px"), ...rows);
  box.open = spots.open;
  box.addEventListener("toggle", () => { spots.open = box.open; });
  return box;
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([element("toml").textContent], { type: "application/toml" }));
  link.download = "arena.toml";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function open(file) {
  try {
    const opened = resized(drawingOf(await file.text()), size);
    change("", () => {
      drawing = opened;
      chosen = { arena: 0, zone: -1, corner: -1 };
      pending = null;
    });
  } catch (error) {
    element("hint").textContent = `${file.name}: ${error.message}`;
  }
}

element("undo").addEventListener("click", () => step(past, future));
element("redo").addEventListener("click", () => step(future, past));
element("closer").addEventListener("click", () => zoom(1.4));
element("farther").addEventListener("click", () => zoom(1 / 1.4));
element("whole").addEventListener("click", () => { fit(); renderPicture(); });
element("save").addEventListener("click", save);
element("copy").addEventListener("click", () => {
  getSelection().selectAllChildren(element("toml"));
  navigator.clipboard?.writeText(element("toml").textContent).then(() => {
    element("copy").textContent = "copied";
    setTimeout(() => { element("copy").textContent = "copy text"; }, 1500);
  });
});
element("open").addEventListener("change", (event) => {
  if (event.target.files[0]) open(event.target.files[0]);
  event.target.value = "";
});
element("unit").addEventListener("change", (event) => {
  unit = event.target.value;
  render();
});
element("afresh").addEventListener("click", () => {
  change("", () => {
    drawing = JSON.parse(JSON.stringify(given.drawing));
    chosen = { arena: drawing.arenas.length ? 0 : -1, zone: -1, corner: -1 };
    pending = null;
  });
  element("restored").hidden = true;
});
for (const button of document.querySelectorAll("[data-arena]")) {
  button.addEventListener("click", () => start(button.dataset.arena, -1));
}
new ResizeObserver(() => {
  if (!view) return;
  if (view.whole) fit();
  renderPicture();
}).observe(stage);

element("title").append(given.name, " ", make("small", {}, `${size[0]} × ${size[1]} px`));
element("command").textContent = given.command;
element("restored").hidden = !restore();
still.addEventListener("load", () => {
  fit();
  render();
});
still.src = given.picture;
