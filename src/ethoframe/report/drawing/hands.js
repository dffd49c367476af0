// Pointer and keys.

const NEAR = 11; // screen px
let grip = null; // what the pointer holds: { corner }, { body, at }, { pan, at }
let spaced = false;

function start(shape, arena) {
  pending = { shape, points: [], arena };
  chosen.corner = -1;
  if (arena >= 0) chosen = { arena, zone: -1, corner: -1 };
  stage.focus();
  render();
}

function cornerAt(figure, at) {
  const gaps = figure.points.map((p) => distance(p, at) * view.scale);
  const least = Math.min(...gaps);
  return least < NEAR ? gaps.lastIndexOf(least) : -1;
}

// The smallest figure under the pointer, so that a zone wins over its floor.
function figureAt(at) {
  const found = [];
  drawing.arenas.forEach((arena, i) => {
    [arena, ...arena.zones].forEach((figure, j) => {
      const outline = outlineOf(figure);
      if (isInside(outline, at)) found.push({ arena: i, zone: j - 1, area: areaOf(outline) });
    });
  });
  return found.sort((a, b) => a.area - b.area)[0];
}

stage.addEventListener("pointerdown", (event) => {
  if (event.button > 1) return;
  stage.focus();
  event.preventDefault();
  pointer = toPicture(event);
  if (spaced || event.button === 1) {
    grip = { pan: true, at: [event.clientX, event.clientY] };
  } else if (pending) {
    grip = { pending: true, at: [event.clientX, event.clientY] };
    addPoint();
  } else {
    grip = gripAt(pointer, event);
  }
  watched = Boolean(pending) || grip?.corner >= 0;
  render();
});

function gripAt(at, event) {
  const figure = chosenFigure();
  if (figure) {
    const corner = cornerAt(figure, at);
    if (corner >= 0) return choose({ ...chosen, corner }, { corner, fresh: true });
    const half = figure.shape === "polygon" ? halfway(figure).findIndex((p) => distance(p, at) * view.scale < NEAR) : -1;
    if (half >= 0) {
      change("", () => figure.points.splice(half + 1, 0, at));
      return choose({ ...chosen, corner: half + 1 }, { corner: half + 1 });
    }
  }
  const found = figureAt(at);
  if (!found) return choose({ ...chosen, corner: -1 }, { pan: true, at: [event.clientX, event.clientY] });
  const same = found.arena === chosen.arena && found.zone === chosen.zone;
  const within = figure && isInside(outlineOf(figure), at);
  if (same || (within && event.detail < 2 && chosen.zone >= 0)) return choose({ ...chosen, corner: -1 }, { body: true, at, fresh: true });
  return choose({ arena: found.arena, zone: found.zone, corner: -1 }, null);
}

function choose(what, held) {
  chosen = what;
  lastKind = "";
  return held;
}

function addPoint() {
  const { points, shape } = pending;
  if (shape === "polygon" && points.length > 2 && distance(points[0], pointer) * view.scale < NEAR) {
    finish();
    return;
  }
  if (points.length && distance(points.at(-1), pointer) * view.scale < 2) return;
  points.push(pointer);
  if ((shape === "rectangle" && points.length === 4) || (shape === "circle" && points.length === 2)) finish();
}

window.addEventListener("pointermove", (event) => {
  if (!view) return;
  pointer = toPicture(event);
  if (grip?.pan) {
    view.x -= (event.clientX - grip.at[0]) / view.scale;
    view.y -= (event.clientY - grip.at[1]) / view.scale;
    grip.at = [event.clientX, event.clientY];
    view.whole = false;
  } else if (grip?.pending && pending) {
    // Pressed and drawn: two opposite corners of a rectangle, or the radius of a circle.
    const far = Math.hypot(event.clientX - grip.at[0], event.clientY - grip.at[1]) > 6;
    if (far && pending.shape === "rectangle" && pending.points.length === 1) pending.box = true;
    if (far && pending.shape === "circle") pending.pulled = true;
  } else if (grip?.corner >= 0) {
    held(() => place(chosenFigure(), grip.corner, pointer));
    return;
  } else if (grip?.body) {
    held(() => moved(chosenFigure(), [pointer[0] - grip.at[0], pointer[1] - grip.at[1]]));
    grip.at = pointer;
    return;
  }
  if (pending) watched = true;
  renderPicture();
  renderWhere();
});

// All moves from press to release are one step back.
function held(action) {
  change(grip.fresh ? "" : lastKind, action);
  grip.fresh = false;
  lastKind = "held";
}

window.addEventListener("pointerup", () => {
  if (pending?.box) {
    pending.points = boxOf([pending.points[0], pointer]);
    finish();
  } else if (pending?.pulled && pending.points.length === 1) {
    pending.points.push(pointer);
    finish();
  }
  grip = null;
  watched = Boolean(pending);
  lastKind = "";
  render();
});

stage.addEventListener("dblclick", () => {
  if (pending?.shape === "polygon" && pending.points.length > 2) finish();
});

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), toPicture(event));
}, { passive: false });

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea");
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (command && (key === "z" || key === "y") && !typing) {
    event.preventDefault();
    if (key === "y" || event.shiftKey) step(future, past);
    else step(past, future);
  } else if (!typing && !command && !event.altKey && pressed(key, event)) {
    event.preventDefault();
  }
});

document.addEventListener("keyup", (event) => {
  if (event.key === " ") spaced = false;
});

function pressed(key, event) {
  const onStage = event.target === stage || event.target === document.body;
  const figure = chosenFigure();
  if (key in STEPS && onStage && figure) {
    const by = STEPS[key].map((value) => value * (event.shiftKey ? 5 : 0.5));
    watched = false;
    nudge(figure, by);
  } else if ((key === "n" || key === "p") && figure) {
    const count = figure.points.length;
    watched = false;
    chosen.corner = (Math.max(chosen.corner, key === "n" ? -1 : 0) + (key === "n" ? 1 : count - 1)) % count;
    render();
  } else if ((key === "Delete" || key === "Backspace") && onStage) {
    if (pending) pending.points.pop();
    else removeChosen();
    render();
  } else if (key === "Enter" && onStage && pending?.shape === "polygon" && pending.points.length > 2) finish();
  else if (key === "Escape") escape();
  else if (key === "+" || key === "=") zoom(1.4, pointer);
  else if (key === "-") zoom(1 / 1.4, pointer);
  else if (key === "0") {
    fit();
    renderPicture();
  } else if (key === " " && onStage) spaced = true;
  else return false;
  return true;
}

function nudge(figure, by) {
  const kind = `nudge ${chosen.arena} ${chosen.zone} ${chosen.corner}`;
  change(kind, () => {
    if (chosen.corner < 0) moved(figure, by);
    else place(figure, chosen.corner, figure.points[chosen.corner].map((value, axis) => value + by[axis]));
  });
}

function escape() {
  if (pending) pending = null;
  else if (chosen.corner >= 0) chosen.corner = -1;
  else chosen = { arena: -1, zone: -1, corner: -1 };
  render();
}
