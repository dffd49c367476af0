// Shapes in px of the picture: pixel (0, 0) is the middle of the top-left pixel, y runs down.
// A figure is { shape, points }: four corners of a "rectangle" clockwise from the top left, the
// middle and a point of the rim of a "circle", three corners or more of a "polygon".

const RIM_POINTS = 72;

function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function rimOf([middle, rim]) {
  const radius = distance(middle, rim);
  return Array.from({ length: RIM_POINTS }, (_, i) => {
    const angle = (2 * Math.PI * i) / RIM_POINTS;
    return [middle[0] + radius * Math.cos(angle), middle[1] + radius * Math.sin(angle)];
  });
}

function outlineOf(figure) {
  return figure.shape === "circle" ? rimOf(figure.points) : figure.points;
}

// Corners clockwise in the picture, from the top left.
function clockwise(points) {
  const middle = [0, 1].map((axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length);
  const angle = (p) => Math.atan2(p[1] - middle[1], p[0] - middle[0]);
  const round = [...points].sort((a, b) => angle(a) - angle(b));
  const first = round.reduce((best, p, i) => (p[0] + p[1] < round[best][0] + round[best][1] ? i : best), 0);
  return [...round.slice(first), ...round.slice(0, first)];
}

function boxOf([a, b]) {
  return clockwise([a, [b[0], a[1]], b, [a[0], b[1]]]);
}

function isInside(outline, [x, y]) {
  let inside = false;
  outline.forEach((a, i) => {
    const b = outline[(i + 1) % outline.length];
    if (a[1] > y !== b[1] > y && x < a[0] + ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1])) inside = !inside;
  });
  return inside;
}

function areaOf(outline) {
  const twice = outline.reduce((sum, a, i) => {
    const b = outline[(i + 1) % outline.length];
    return sum + a[0] * b[1] - b[0] * a[1];
  }, 0);
  return Math.abs(twice) / 2;
}

function crossesItself(outline) {
  const side = (a, b, c) => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
  const edges = outline.map((a, i) => [a, outline[(i + 1) % outline.length]]);
  return edges.some(([a, b], i) =>
    edges.some(([c, d], j) => {
      const apart = Math.abs(i - j);
      if (j <= i || apart === 1 || apart === edges.length - 1) return false;
      return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
    }),
  );
}

// Names and lengths (px) of the two sides whose lengths on the floor are asked for.
function sidesOf(figure) {
  const p = figure.points;
  if (figure.shape === "circle") return [{ name: "diameter", px: 2 * distance(p[0], p[1]), from: mirrored(p), to: p[1] }];
  if (figure.shape === "rectangle") {
    return [
      { name: "top", px: (distance(p[0], p[1]) + distance(p[3], p[2])) / 2, from: p[0], to: p[1] },
      { name: "left", px: (distance(p[0], p[3]) + distance(p[1], p[2])) / 2, from: p[0], to: p[3] },
    ];
  }
  const [xs, ys] = [0, 1].map((axis) => p.map((corner) => corner[axis]));
  return [
    { name: "whole width", px: Math.max(...xs) - Math.min(...xs) },
    { name: "whole height", px: Math.max(...ys) - Math.min(...ys) },
  ];
}

function mirrored([middle, rim]) {
  return [2 * middle[0] - rim[0], 2 * middle[1] - rim[1]];
}

// A rim that was written corner by corner is round again; anything else is null.
function roundOf(outline) {
  if (outline.length < 24) return null;
  const middle = [0, 1].map((axis) => outline.reduce((sum, p) => sum + p[axis], 0) / outline.length);
  const radii = outline.map((p) => distance(p, middle));
  const [low, high] = [Math.min(...radii), Math.max(...radii)];
  if (high - low > 0.002 * high + 0.02) return null;
  const [x, y, radius] = [...middle, (low + high) / 2].map((value) => Number(value.toFixed(2)));
  return [[x, y], [x + radius, y]];
}

// What a reader of the file would stumble over, one line each.
function doubtsOf(drawing, size) {
  const doubts = [];
  const names = drawing.arenas.map((arena) => arena.name.trim().toLowerCase());
  drawing.arenas.forEach((arena, i) => {
    const called = arena.name.trim() || `arena ${i + 1}`;
    if (!arena.name.trim()) doubts.push(`arena ${i + 1} has no name`);
    else if (names.indexOf(names[i]) < i) doubts.push(`two arenas are called ${called}`);
    if (/[\\/:*?"<>|]/.test(arena.name)) doubts.push(`${called}: a folder cannot be called so`);
    doubts.push(...figureDoubts(arena, called, size), ...scaleDoubts(arena, called));
    const zones = arena.zones.map((zone) => zone.name.trim());
    arena.zones.forEach((zone, j) => {
      const its = `${called}, ${zone.name || `zone ${j + 1}`}`;
      if (!zone.name.trim()) doubts.push(`${called}: zone ${j + 1} has no name`);
      else if (zones.indexOf(zones[j]) < j) doubts.push(`${called}: two zones are called ${zone.name}`);
      doubts.push(...figureDoubts(zone, its, size));
      const floor = outlineOf(arena);
      const beyond = (p) => !isInside(floor, p) && isFar(p, floor);
      if (outlineOf(zone).some(beyond)) doubts.push(`${its}: reaches beyond the floor`);
    });
    drawing.arenas.slice(0, i).forEach((other) => {
      if (overlap(outlineOf(arena), outlineOf(other))) doubts.push(`${called} and ${other.name} overlap`);
    });
  });
  return doubts;
}

function figureDoubts(figure, called, [width, height]) {
  const outline = outlineOf(figure);
  const doubts = [];
  if (crossesItself(outline)) doubts.push(`${called}: the outline crosses itself`);
  if (areaOf(outline) < 16) doubts.push(`${called}: is a few pixels only`);
  const slack = 0.1 * Math.max(width, height); // walls are often cut by the picture's edge
  const outside = ([x, y]) => x < -slack || y < -slack || x > width + slack || y > height + slack;
  if (outline.some(outside)) doubts.push(`${called}: reaches far outside the picture`);
  return doubts;
}

function scaleDoubts(arena, called) {
  const known = arena.sides.filter((mm) => mm > 0);
  const sides = sidesOf(arena);
  if (!known.length) return [`${called}: without a length, distances are in px or body lengths`];
  if (known.length < sides.length) return [`${called}: the other side's length is missing`];
  const [a, b] = sides.map((side, i) => side.px / arena.sides[i]);
  if (b && Math.max(a, b) > 1.25 * Math.min(a, b)) {
    return [`${called}: ${a.toFixed(2)} px/mm along the ${sides[0].name} and ${b.toFixed(2)} along the ${sides[1].name}; are both lengths right, and in this order?`];
  }
  return [];
}

function isFar(p, outline) {
  return outline.every((a, i) => toEdge(p, a, outline[(i + 1) % outline.length]) > 3);
}

function toEdge(p, a, b) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy || 1);
  const t = Math.min(1, Math.max(0, along));
  return distance(p, [a[0] + t * dx, a[1] + t * dy]);
}

function overlap(a, b) {
  return a.some((p) => isInside(b, p)) || b.some((p) => isInside(a, p));
}
