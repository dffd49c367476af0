// The picture with everything drawn on it, and how near it is seen.

const HUES = ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#0072b2"];
const LOUPE = 9; // times larger
const PRECISE = 0.05; // px; a pointer knows no better

const stage = document.getElementById("stage");
const svg = document.getElementById("picture");
const loupe = document.getElementById("loupe");
const still = new Image();
let view = null; // { x, y, scale, whole }: the stage's top left in px of the picture, screen px per px
let pointer = null; // in px of the picture
let watched = false; // whether the loupe follows the pointer

function fit() {
  const box = stage.getBoundingClientRect();
  const foot = 48; // room for the hint below
  const scale = 0.97 * Math.min(box.width / size[0], (box.height - foot) / size[1]);
  view = { x: size[0] / 2 - 0.5 - box.width / 2 / scale, y: size[1] / 2 - 0.5 - (box.height - foot) / 2 / scale, scale, whole: true };
}

function zoom(factor, at) {
  const box = stage.getBoundingClientRect();
  const about = at ?? [view.x + box.width / 2 / view.scale, view.y + box.height / 2 / view.scale];
  const scale = Math.min(64, Math.max(0.05, view.scale * factor));
  view.x = about[0] - ((about[0] - view.x) * view.scale) / scale;
  view.y = about[1] - ((about[1] - view.y) * view.scale) / scale;
  view.scale = scale;
  view.whole = false;
  renderPicture();
}

function toPicture(event) {
  const box = stage.getBoundingClientRect();
  const at = [view.x + (event.clientX - box.left) / view.scale, view.y + (event.clientY - box.top) / view.scale];
  return at.map((value) => Math.round(value / PRECISE) * PRECISE);
}

function node(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [word, value] of Object.entries(attributes)) made.setAttribute(word, value);
  if (text) made.textContent = text;
  return made;
}

function path(outline, closed = true) {
  return `M${outline.map((p) => p.join(" ")).join("L")}${closed ? "Z" : ""}`;
}

function renderPicture() {
  const box = stage.getBoundingClientRect();
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${box.width / view.scale} ${box.height / view.scale}`);
  const parts = [
    node("image", { href: still.src, x: -0.5, y: -0.5, width: size[0], height: size[1], class: view.scale > 2.5 ? "near" : "" }),
  ];
  drawing.arenas.forEach((arena, i) => {
    parts.push(figureNode(arena, HUES[0], i === chosen.arena && chosen.zone < 0));
    arena.zones.forEach((zone, j) => {
      parts.push(figureNode(zone, zoneHue(j), i === chosen.arena && j === chosen.zone));
    });
    for (const figure of [arena, ...arena.zones]) parts.push(label(figure.name, underTop(figure)));
  });
  const figure = chosenFigure();
  if (figure && !pending) parts.push(...handles(figure), ...sideLabels(figure));
  if (pending) parts.push(...pendingNodes());
  svg.replaceChildren(...parts);
  renderLoupe();
}

function zoneHue(index) {
  return HUES[1 + (index % (HUES.length - 1))];
}

function figureNode(figure, hue, isChosen) {
  const group = node("g", { class: isChosen ? "chosen" : "" });
  const all = [outlineOf(figure), ...(figure.parts_px ?? []), ...(figure.holes_px ?? [])];
  const d = all.map((outline) => path(outline)).join("");
  group.append(node("path", { d, class: "fill", fill: hue, "fill-rule": "evenodd" }));
  group.append(node("path", { d, class: "casing" }), node("path", { d, class: "line", stroke: hue }));
  return group;
}

function middleOf(outline) {
  const [xs, ys] = [0, 1].map((axis) => outline.map((p) => p[axis]));
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}

// Where the name of a figure goes: within it, under its upper edge.
function underTop(figure) {
  const outline = outlineOf(figure);
  const [x] = middleOf(outline);
  const crossings = outline.flatMap((a, i) => {
    const b = outline[(i + 1) % outline.length];
    return a[0] > x !== b[0] > x ? [a[1] + ((b[1] - a[1]) * (x - a[0])) / (b[0] - a[0])] : [];
  });
  return [x, Math.min(...crossings, Math.max(...outline.map((p) => p[1]))) + 14 / view.scale];
}

function label(text, [x, y]) {
  const shown = text.length > 24 ? `${text.slice(0, 23)}…` : text;
  return node("text", { x, y, style: `font-size:${13 / view.scale}px;stroke-width:${3 / view.scale}px` }, shown);
}

function handles(figure) {
  const found = figure.points.map((p, i) =>
    node("circle", { cx: p[0], cy: p[1], r: 6 / view.scale, class: i === chosen.corner ? "corner now" : "corner" }),
  );
  if (figure.shape !== "polygon") return found;
  const halves = halfway(figure).map((p) => node("circle", { cx: p[0], cy: p[1], r: 3.5 / view.scale, class: "middle" }));
  return [...halves, ...found];
}

function halfway(figure) {
  return figure.points.map((a, i) => {
    const b = figure.points[(i + 1) % figure.points.length];
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  });
}

// The lengths beside the sides that they belong to, so that top and left cannot be mixed up.
function sideLabels(figure) {
  if (!figure.sides) return [];
  return sidesOf(figure).flatMap((side, i) => {
    if (!side.from) return [];
    const mm = figure.sides[i];
    const words = mm > 0 ? `${written(mm / MM[unit], 3)} ${unit}` : side.name;
    const middle = middleOf(outlineOf(figure));
    const at = side.name === "diameter" ? side.to : [(side.from[0] + side.to[0]) / 2, (side.from[1] + side.to[1]) / 2];
    const away = 18 / view.scale / (distance(at, middle) || 1);
    return [label(words, [at[0] + (at[0] - middle[0]) * away, at[1] + (at[1] - middle[1]) * away])];
  });
}

function pendingNodes() {
  const points = pointer ? [...pending.points, pointer] : pending.points;
  const dots = pending.points.map((p, i) =>
    node("circle", { cx: p[0], cy: p[1], r: (i ? 4 : 6) / view.scale, class: "corner" }),
  );
  if (points.length < 2) return dots;
  let outline = points;
  if (pending.box) outline = boxOf([pending.points[0], pointer]);
  else if (pending.shape === "circle") outline = rimOf(points);
  const closed = pending.box || pending.shape === "circle";
  const d = path(outline, closed);
  return [node("path", { d, class: "casing" }), node("path", { d, class: "line", stroke: HUES[pending.arena < 0 ? 0 : 1] }), ...dots];
}

function renderLoupe() {
  const figure = chosenFigure();
  const corner = figure?.points[chosen.corner];
  const at = watched ? pointer : corner;
  loupe.hidden = !at || (!pending && !corner);
  if (loupe.hidden) return;
  const box = stage.getBoundingClientRect();
  const [x, y] = [(at[0] - view.x) * view.scale, (at[1] - view.y) * view.scale];
  loupe.classList.toggle("left", x > box.width - 220 && y < 220);
  const pen = loupe.getContext("2d");
  const half = loupe.width / 2;
  pen.fillStyle = "#0c0e10";
  pen.fillRect(0, 0, loupe.width, loupe.height);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(still, half - (at[0] + 0.5) * LOUPE, half - (at[1] + 0.5) * LOUPE, size[0] * LOUPE, size[1] * LOUPE);
  for (const [colour, width] of [["#000", 3], ["#fff", 1]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    for (const [a, b] of [[[0, half], [half - 7, half]], [[half + 7, half], [2 * half, half]], [[half, 0], [half, half - 7]], [[half, half + 7], [half, 2 * half]]]) {
      pen.moveTo(...a);
      pen.lineTo(...b);
    }
    pen.stroke();
  }
}
