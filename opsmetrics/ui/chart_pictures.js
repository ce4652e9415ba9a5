// The chart as a picture, made in the reader's browser from the drawing that stands on the page: nothing is fetched
// but the page's own font. Read together with chart_blocks.js.

const PAD = 24;
const LINE = 20;
const DOTS = 2;

function pictures(block, host) {
  const node = el("div", "om-pictures");
  for (const kind of ["PNG", "SVG"]) {
    const button = el("button", "om-act", kind);
    button.type = "button";
    button.setAttribute("aria-label", "Download the chart as " + kind);
    button.addEventListener("click", () => save(block, kind.toLowerCase(), node));
    node.append(button);
  }
  return node;
}

async function save(block, kind, node) {
  const charts = [...document.querySelectorAll("." + CSS.escape(block.chart) + " .js-plotly-plot")];
  if (!charts.some((chart) => chart.querySelector(".main-svg"))) return;
  node.setAttribute("aria-busy", "true");
  try {
    const font = await fontFace();
    const drawing = picture(block, charts, font);
    const text = new XMLSerializer().serializeToString(drawing);
    const svg = new Blob([text], { type: "image/svg+xml;charset=utf-8" });
    offer(kind === "svg" ? svg : await dots(svg, drawing), block.file + "." + kind);
  } finally {
    node.removeAttribute("aria-busy");
  }
}

function offer(blob, name) {
  const anchor = el("a");
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name;
  anchor.click(); // on no page: a click outside would close the list that the button stands in
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
}

function svgPart(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

// Title and sentence above, then the charts one below the other, on the page's ground.
function picture(block, charts, font) {
  const boxes = charts.map((chart) => chart.querySelector(".main-svg").getBoundingClientRect());
  const width = Math.max(...boxes.map((box) => box.width)) + 2 * PAD;
  const texts = block.texts.flatMap((text) => wrapped(text, (width - 2 * PAD) / 7));
  const top = PAD + 30 + texts.length * LINE + 8;
  const height = top + boxes.reduce((sum, box) => sum + box.height, 0) + PAD;
  const root = svgPart("svg", { xmlns: SVG, width, height, viewBox: "0 0 " + width + " " + height });
  if (font) {
    const style = svgPart("style", {});
    style.textContent = font;
    root.append(style);
  }
  root.append(svgPart("rect", { width, height, fill: block.ground }));
  root.append(written(block.title, PAD + 20, 22, 600, block.ink));
  texts.forEach((text, index) => root.append(written(text, PAD + 46 + index * LINE, 14, 400, block.muted)));
  let y = top;
  charts.forEach((chart, index) => {
    root.append(drawingOf(chart, PAD, y));
    y += boxes[index].height;
  });
  return root;
}

function written(text, y, size, weight, fill) {
  const node = svgPart("text", { x: PAD, y, "font-size": size, "font-weight": weight, fill });
  node.setAttribute("font-family", "'Source Sans', 'Source Sans 3', system-ui, sans-serif");
  node.textContent = text;
  return node;
}

function wrapped(text, most) {
  const lines = [];
  for (const word of String(text).split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + word.length < most) lines[lines.length - 1] = last + " " + word;
    else lines.push(word);
  }
  return lines;
}

// The layers of a Plotly chart as one group, without what only the pointer needs.
function drawingOf(chart, x, y) {
  const group = svgPart("g", { transform: "translate(" + x + " " + y + ")" });
  for (const layer of chart.querySelectorAll(".main-svg")) {
    for (const part of layer.children) {
      const copy = part.cloneNode(true);
      copy.querySelectorAll(".draglayer, .hoverlayer, .zoomlayer, .selectionlayer").forEach((node) => node.remove());
      if (!/draglayer|hoverlayer|zoomlayer|selectionlayer/.test(copy.getAttribute("class") || "")) group.append(copy);
    }
  }
  return group;
}

async function dots(svg, drawing) {
  const address = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(Number(drawing.getAttribute("width")) * DOTS);
    canvas.height = Math.round(Number(drawing.getAttribute("height")) * DOTS);
    const pen = canvas.getContext("2d");
    pen.scale(DOTS, DOTS);
    pen.drawImage(image, 0, 0);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

// The page's own font, as part of the picture: a picture cannot load one. Without it a system font stands in.
async function fontFace() {
  const address = ownFont();
  if (!address) return "";
  const answer = await fetch(address);
  if (!answer.ok) return "";
  const data = await new Promise((done) => {
    answer.blob().then((blob) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.readAsDataURL(blob);
    });
  });
  return "@font-face{font-family:'Source Sans';font-weight:200 900;src:url(" + data + ")}";
}

function ownFont() {
  for (const sheet of document.styleSheets) {
    let rules = [];
    try {
      rules = sheet.cssRules;
    } catch {
      continue; // a sheet of another origin may not be read
    }
    for (const rule of rules) {
      if (!(rule instanceof CSSFontFaceRule)) continue;
      const family = rule.style.getPropertyValue("font-family");
      const upright = !/italic/.test(rule.style.getPropertyValue("font-style"));
      const found = /url\(["']?([^"')]+)/.exec(rule.style.getPropertyValue("src"));
      if (!/Source Sans/.test(family) || !upright || !found) continue;
      const address = new URL(found[1], sheet.href || location.href);
      if (address.origin === location.origin) return address.href;
    }
  }
  return "";
}

Object.assign(DRAW, { pictures });
