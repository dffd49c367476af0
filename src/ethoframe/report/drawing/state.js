// What is drawn, what is chosen, and every step back.

const given = JSON.parse(document.getElementById("given").textContent);
const size = given.size;
const MM = { mm: 1, cm: 10, in: 25.4 };
const STORE = `ethoframe arena ${given.id}`;
const MOST_STEPS = 200;

let drawing = JSON.parse(JSON.stringify(given.drawing));
let chosen = { arena: drawing.arenas.length ? 0 : -1, zone: -1, corner: -1 };
let pending = null; // a figure that is being drawn: { shape, points, arena } (arena -1: a new arena)
let unit = "cm";
const past = [];
const future = [];
let lastKind = "";

function chosenFigure() {
  const arena = drawing.arenas[chosen.arena];
  return chosen.zone < 0 ? arena : arena?.zones[chosen.zone];
}

// Every change goes through here; changes of one kind in a row are one step back.
function change(kind, action) {
  if (kind !== lastKind || !kind) {
    past.push(JSON.stringify(drawing));
    past.splice(0, past.length - MOST_STEPS);
    future.length = 0;
  }
  lastKind = kind;
  action();
  keep();
  render();
}

function step(from, to) {
  if (pending?.points.length && from === past) {
    pending.points.pop();
  } else if (from.length) {
    to.push(JSON.stringify(drawing));
    drawing = JSON.parse(from.pop());
    pending = null;
    chosen = { arena: Math.min(chosen.arena, drawing.arenas.length - 1), zone: -1, corner: -1 };
    keep();
  }
  lastKind = "";
  render();
}

function keep() {
  try {
    localStorage.setItem(STORE, JSON.stringify(drawing));
  } catch {
    // A browser that keeps nothing for files still draws.
  }
}

function restore() {
  try {
    const kept = localStorage.getItem(STORE);
    if (!kept || kept === JSON.stringify(given.drawing)) return false;
    drawing = JSON.parse(kept);
    chosen = { arena: drawing.arenas.length ? 0 : -1, zone: -1, corner: -1 };
    return true;
  } catch {
    return false;
  }
}

function newName() {
  const names = drawing.arenas.map((arena) => arena.name);
  if (!names.length) return "arena";
  if (names.length === 1 && names[0] === "arena") drawing.arenas[0].name = "arena1";
  let count = names.length + 1;
  while (names.includes(`arena${count}`)) count += 1;
  return `arena${count}`;
}

// A figure that was drawn to its end becomes an arena or a zone.
function finish() {
  const { shape, arena } = pending;
  const points = shape === "rectangle" ? clockwise(pending.points) : pending.points;
  pending = null;
  change("", () => {
    if (arena < 0) {
      const sides = drawing.arenas.at(-1)?.sides ?? given.sides;
      drawing.arenas.push({ name: newName(), shape, points, sides: [...sides], zones: [] });
      chosen = { arena: drawing.arenas.length - 1, zone: -1, corner: -1 };
    } else {
      const zones = drawing.arenas[arena].zones;
      zones.push({ name: `zone${zones.length + 1}`, shape, points });
      chosen = { arena, zone: zones.length - 1, corner: -1 };
    }
  });
}

function moved(figure, by) {
  const shift = ([x, y]) => [x + by[0], y + by[1]];
  figure.points = figure.points.map(shift);
  for (const word of ["parts_px", "holes_px"]) {
    if (figure[word]) figure[word] = figure[word].map((outline) => outline.map(shift));
  }
  for (const zone of figure.zones ?? []) moved(zone, by);
}

function duplicate(index) {
  change("", () => {
    const copy = JSON.parse(JSON.stringify(drawing.arenas[index]));
    copy.name = newName();
    delete copy.rest;
    const [xs, ys] = [0, 1].map((axis) => outlineOf(copy).map((p) => p[axis]));
    const [across, down] = [xs, ys].map((some) => 1.08 * (Math.max(...some) - Math.min(...some)));
    if (Math.max(...xs) + across < size[0]) moved(copy, [across, 0]);
    else if (Math.max(...ys) + down < size[1]) moved(copy, [0, down]);
    else moved(copy, [10, 10]);
    drawing.arenas.push(copy);
    chosen = { arena: drawing.arenas.length - 1, zone: -1, corner: -1 };
  });
}

function remove(arena, zone) {
  change("", () => {
    if (zone < 0) drawing.arenas.splice(arena, 1);
    else drawing.arenas[arena].zones.splice(zone, 1);
    chosen = { arena: Math.min(arena, drawing.arenas.length - 1), zone: -1, corner: -1 };
  });
}

// Takes the chosen corner away where the shape can lose one, and else the whole shape.
function removeChosen() {
  const figure = chosenFigure();
  if (!figure) return;
  if (chosen.corner < 0 || figure.shape === "circle" || figure.points.length < 4) {
    remove(chosen.arena, chosen.zone);
    return;
  }
  change("", () => {
    figure.points.splice(chosen.corner, 1);
    figure.shape = "polygon";
    chosen.corner = Math.min(chosen.corner, figure.points.length - 1);
  });
}

function place(figure, corner, to) {
  const by = [to[0] - figure.points[corner][0], to[1] - figure.points[corner][1]];
  if (figure.shape === "circle" && corner === 0) moved(figure, by); // the middle takes the rim along
  else figure.points[corner] = to;
}
