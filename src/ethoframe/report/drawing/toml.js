// The file arena.toml, from a drawing and back.

function written(number, decimals = 2) {
  return String(Number(Number(number).toFixed(decimals)));
}

function quoted(text) {
  const plain = text.trim().replace(/[\u0000-\u001f\u007f]/g, " ");
  return `"${plain.replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
}

function corners(points) {
  return `[${points.map(([x, y]) => `[${written(x)}, ${written(y)}]`).join(", ")}]`;
}

function tomlOf(drawing, size) {
  const lines = [`picture_px = [${size[0]}, ${size[1]}]`, ...(drawing.rest || [])];
  const many = drawing.arenas.length > 1;
  const names = unique(drawing.arenas.map((arena, i) => arena.name.trim() || `arena${i + 1}`));
  drawing.arenas.forEach((arena, i) => {
    lines.push("", ...(many ? ["[[arenas]]"] : []));
    if (many || names[i] !== "arena") lines.push(`name = ${quoted(names[i])}`);
    lines.push(...floorLines(arena), ...(arena.rest || []));
    const zones = unique(arena.zones.map((zone, j) => zone.name.trim() || `zone${j + 1}`));
    arena.zones.forEach((zone, j) => {
      lines.push("", `[${many ? "arenas." : ""}zones.${quoted(zones[j])}]`);
      lines.push(`corners_px = ${corners(outlineOf(zone))}`);
      for (const word of ["parts_px", "holes_px"]) {
        if (zone[word]?.length) lines.push(`${word} = [${zone[word].map(corners).join(", ")}]`);
      }
    });
  });
  return `${lines.join("\n").replace(/\n{3,}/g, "\n\n")}\n`;
}

function floorLines(arena) {
  const lines = [`shape = "${arena.shape}"`];
  const sides = arena.sides.filter((mm) => mm > 0).map((mm) => written(mm, 3));
  if (arena.shape === "circle") {
    const [middle, rim] = arena.points;
    lines.push(`centre_px = [${written(middle[0])}, ${written(middle[1])}]`);
    lines.push(`radius_px = ${written(distance(middle, rim))}`);
    if (sides.length) lines.push(`diameter_mm = ${sides[0]}`);
  } else {
    lines.push(`corners_px = ${corners(arena.points)}`);
    if (sides.length === 2) lines.push(`sides_mm = [${sides.join(", ")}]`);
  }
  return lines;
}

function unique(names) {
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other.toLowerCase() === name.toLowerCase()).length;
    return before ? `${name} ${before + 1}` : name;
  });
}

function drawingOf(text) {
  const read = parsed(text);
  const floors = read.arenas || (read.shape || read.corners_px || read.centre_px ? [read] : []);
  if (!floors.length) throw new Error("there is no arena in this file");
  const kept = Object.entries(read).filter(([word]) => word === "lens");
  return { arenas: floors.map(floorOf), rest: kept.map(([word, value]) => `${word} = ${inline(value)}`), size: read.picture_px };
}

// For a picture of another size, but of the same shape.
function resized({ size: drawn, ...drawing }, size) {
  if (!drawn || (drawn[0] === size[0] && drawn[1] === size[1])) return drawing;
  const by = [0, 1].map((axis) => size[axis] / drawn[axis]);
  if (!(Math.abs(by[0] - by[1]) <= 0.01 * by[0])) {
    throw new Error(`it was drawn on a picture of ${drawn.join(" × ")} px, this one has ${size.join(" × ")}`);
  }
  // A pixel's number is that of its middle: the picture begins half a pixel before it.
  const placed = (p) => p.map((value, axis) => (value + 0.5) * by[axis] - 0.5);
  const within = (figure) => ({
    ...figure,
    points: figure.points.map(placed),
    ...(figure.zones ? { zones: figure.zones.map(within), rest: [] } : {}),
    ...Object.fromEntries(["parts_px", "holes_px"].filter((word) => figure[word]).map((word) => [word, figure[word].map((outline) => outline.map(placed))])),
  });
  return { ...drawing, arenas: drawing.arenas.map(within) };
}

function floorOf(read, index) {
  const shape = read.shape || "rectangle";
  const around = read.centre_px;
  if (shape === "circle" ? !around || !(read.radius_px > 0) : !(read.corners_px?.length >= 3)) {
    throw new Error(`arena ${index + 1} has no outline`);
  }
  const points = shape === "circle" ? [around, [around[0] + read.radius_px, around[1]]] : read.corners_px;
  const sides = shape === "circle" ? [read.diameter_mm] : read.sides_mm || [];
  const known = ["name", "shape", "corners_px", "sides_mm", "centre_px", "radius_px", "diameter_mm", "zones", "picture_px", "lens", "arenas"];
  return {
    name: String(read.name ?? "arena"),
    shape,
    points,
    sides: [sides[0] || null, sides[1] || null],
    zones: Object.entries(read.zones || {}).map(([name, zone]) => zoneOf(name, zone)),
    rest: Object.entries(read).filter(([word]) => !known.includes(word)).map(([word, value]) => `${word} = ${inline(value)}`),
  };
}

function zoneOf(name, { corners_px, centre_px, radius_px, parts_px = [], holes_px = [] }) {
  const told = centre_px?.length === 2 && radius_px > 0;
  if (!told && !(corners_px?.length >= 3)) throw new Error(`zone ${name} has no outline`);
  const round = told ? [centre_px, [centre_px[0] + radius_px, centre_px[1]]] : roundOf(corners_px);
  const shape = round ? "circle" : corners_px.length === 4 ? "rectangle" : "polygon";
  return { name, shape, points: round || corners_px, parts_px, holes_px };
}

function inline(value) {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object") return String(value);
  return `{ ${Object.entries(value).map(([word, each]) => `${quoted(word)} = ${inline(each)}`).join(", ")} }`;
}

// As much of TOML as such files have: tables, lists of tables, texts, numbers, lists, comments.
function parsed(text) {
  const root = {};
  let table = root;
  let at = 0;

  const fail = () => {
    throw new Error(`line ${text.slice(0, at).split("\n").length} cannot be read`);
  };
  const match = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found?.[0];
  };
  const skip = () => match(/(?:\s|#[^\n]*)*/y);
  const expect = (pattern) => match(pattern) ?? fail();
  const string = () => {
    const basic = match(/"(?:[^"\\\n]|\\.)*"/y);
    if (basic !== undefined) return JSON.parse(basic);
    return match(/'[^'\n]*'/y)?.slice(1, -1);
  };
  const key = () => {
    const path = [];
    do {
      match(/[ \t]*/y);
      path.push(string() ?? expect(/[A-Za-z0-9_-]+/y));
      match(/[ \t]*/y);
    } while (match(/\./y));
    return path;
  };
  const list = (close, item) => {
    for (skip(); !match(close); skip()) {
      item();
      skip();
      if (!match(/,/y)) {
        skip();
        expect(close);
        return;
      }
    }
  };
  const put = (into, path, value) => {
    const last = path.at(-1);
    const owner = path.slice(0, -1).reduce(inner, into);
    owner[last] = value;
  };
  const inner = (owner, word) => {
    owner[word] ??= {};
    return Array.isArray(owner[word]) ? owner[word].at(-1) : owner[word];
  };
  const value = () => {
    const said = string();
    if (said !== undefined) return said;
    if (match(/\[/y)) {
      const items = [];
      list(/\]/y, () => items.push(value()));
      return items;
    }
    if (match(/\{/y)) {
      const items = {};
      list(/\}/y, () => {
        const path = key();
        expect(/=\s*/y);
        put(items, path, value());
      });
      return items;
    }
    const word = match(/(?:true|false)\b/y);
    if (word) return word === "true";
    const number = Number(expect(/[-+]?[0-9][0-9_]*(?:\.[0-9_]+)?(?:[eE][-+]?[0-9]+)?/y).replace(/_/g, ""));
    return Number.isFinite(number) ? number : fail();
  };

  for (skip(); at < text.length; skip()) {
    if (match(/\[\[/y)) {
      const path = key();
      expect(/\]\]/y);
      const owner = path.slice(0, -1).reduce(inner, root);
      (owner[path.at(-1)] ??= []).push((table = {}));
    } else if (match(/\[/y)) {
      const path = key();
      expect(/\]/y);
      table = path.reduce(inner, root);
    } else {
      const path = key();
      expect(/=[ \t]*/y);
      put(table, path, value());
      expect(/[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y);
    }
  }
  return root;
}
