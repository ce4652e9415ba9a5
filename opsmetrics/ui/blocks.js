// Draws the blocks of a page from plain data. Text is set with textContent and drawings are built from numbers,
// so a name can never become markup. Links are real: a plain click stays in the session, any other click is
// left to the browser.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = new Set(["path", "circle", "rect", "line"]);
const ATTRIBUTES = new Set([
  "d", "cx", "cy", "r", "x", "y", "rx", "width", "height", "x1", "y1", "x2", "y2",
  "stroke-width", "stroke-dasharray", "vector-effect", "fill-opacity",
]);
const PAINTS = new Set(["page", "band", "hair", "ink", "line", "muted", "limit", "concern", "improve", "data", "on"]);

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const host = parentElement.querySelector(".om");
  host.omSend = (name, value) => setTriggerValue(name, value);
  watchTheme(host, data.theme);
  const drawn = JSON.stringify(data);
  if (host.omDrawn === drawn) return;
  host.omDrawn = drawn;
  const before = remembered(host);
  host.replaceChildren(...data.blocks.map((block) => DRAW[block.kind](block, host)));
  restore(host, before);
}

function el(tag, name, ...children) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  for (const child of children) {
    if (child === null || child === undefined || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

// A range such as 5.9–24.1 and a date such as 27 Nov 2026 stay on one line.
const UNBROKEN = /(\S*\d–\S*\d\S*|\b\d{1,2} \p{Lu}\p{Ll}{2} \d{4}\b[.,;:]?)/u;

function sentence(name, text) {
  return unbroken(el("p", name), text);
}

function unbroken(node, text) {
  String(text).split(UNBROKEN).forEach((part, place) => {
    if (part) node.append(place % 2 ? el("span", "om-unbroken", part) : part);
  });
  return node;
}

function paint(value) {
  if (value === "current") return "currentColor";
  return PAINTS.has(value) ? "var(--om-" + value + ")" : "none";
}

function drawing(shapes, width, height, label, name) {
  const node = document.createElementNS(SVG, "svg");
  node.setAttribute("viewBox", "0 0 " + Number(width) + " " + Number(height));
  node.setAttribute("class", name);
  if (label) {
    node.setAttribute("role", "img");
    node.setAttribute("aria-label", label);
  } else {
    node.setAttribute("aria-hidden", "true");
  }
  for (const shape of shapes) {
    if (!SHAPES.has(shape.tag)) continue;
    const part = document.createElementNS(SVG, shape.tag);
    for (const [key, value] of Object.entries(shape)) {
      if (key === "fill" || key === "stroke") part.style[key] = paint(value);
      else if (ATTRIBUTES.has(key)) part.setAttribute(key, value);
    }
    node.append(part);
  }
  return node;
}

function spark(row, name) {
  const s = row.spark;
  if (!s || !s.shapes.length) return el("div", "om-spark om-nospark", s ? s.empty : "");
  return el("div", "om-spark", drawing(s.shapes, s.width, s.height, s.alt, name || "om-sparkline"));
}

function worded(mark, name) {
  const node = el("span", "om-word om-" + mark.tone + (name ? " " + name : ""));
  node.append(drawing(mark.shapes, 16, 16, "", "om-mark"), el("span", "", mark.word));
  return node;
}

function link(target, host, name, ...children) {
  const node = el("a", name, ...children);
  node.setAttribute("href", target.href);
  onPlainClick(node, () => host.omSend("go", { page: target.page, params: target.params }));
  return node;
}

function onPlainClick(node, act) {
  node.addEventListener("click", (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}

// Another value of one parameter: it stays on this page and keeps its other filters.
function setting(item, host, name) {
  const address = new URL(window.location.href);
  if (item.value) address.searchParams.set(item.name, item.value);
  else address.searchParams.delete(item.name);
  const node = el("a", name, item.text);
  node.setAttribute("href", address.href);
  onPlainClick(node, () => host.omSend("set", { name: item.name, value: item.value }));
  return node;
}

function showAll(more, host) {
  return el("p", "om-moreline", setting({ text: more.text, name: "show", value: more.show }, host, "om-all"));
}

function figure(row, name) {
  return el("span", name, row.value, row.unit ? el("span", "om-unit", row.unit) : null);
}

function heading(block, host) {
  const node = el("header", "om-head");
  const left = el("div", "om-headline");
  if (block.trail && block.trail.length) {
    const trail = el("nav", "om-eyebrow");
    trail.setAttribute("aria-label", "Trail");
    block.trail.forEach((step, index) => {
      if (index) trail.append(" / ");
      trail.append(step.go ? link(step.go, host, "", step.text) : el("span", "", step.text));
    });
    left.append(trail);
  }
  if (block.eyebrow) left.append(el("p", "om-eyebrow", block.eyebrow));
  left.append(el("h1", "om-h1", block.title));
  if (block.lead) left.append(sentence("om-lead", block.lead));
  node.append(left);
  if (block.hero) {
    node.append(el("div", "om-hero", figure(block.hero, "om-herofigure"), el("p", "om-caption", block.hero.caption)));
  }
  if (block.budget) node.append(budget(block.budget));
  if (block.sheet) node.append(sheet(block.sheet));
  return node;
}

// Signals beside those that chance would bring.
function budget(told) {
  const picture = drawing(told.shapes, told.width, told.height, "", "om-budgetmarks");
  picture.style.width = told.width + "px";
  return el("div", "om-budget", el("p", "om-caption", "Alarm budget"), picture, el("p", "om-budgetsaid", told.text));
}

// What the page is on paper, and the browser's own way there.
function sheet(said) {
  const button = el("button", "om-act", said.text);
  button.type = "button";
  button.addEventListener("click", () => window.print());
  return el("div", "om-printing om-noprint", el("p", "om-caption", said.note), button);
}

function strip(block) {
  const node = el("dl", "om-strip");
  for (const item of block.items) {
    const value = el("dd", "", item.mark ? worded(item.mark) : el("span", "om-plain", item.text));
    if (item.more) value.append(el("span", "om-caption om-more", item.more));
    node.append(el("div", "", el("dt", "", item.label), value));
  }
  const note = block.note ? el("p", "om-stripnote om-caption", block.note) : null;
  if (!block.why.length) {
    if (note) node.append(note);
    return node;
  }
  const why = block.why.map((item) => el("p", "om-caption", el("span", "om-whylead", item.lead), " ", item.text));
  return el("div", "om-stripped", node, el("div", "om-why", ...why, note));
}

function row(item, host) {
  const node = el("li", "om-row");
  node.dataset.key = item.key;
  const name = el("div", "om-name", link(item.go, host, "om-link", item.name), el("span", "om-caption", item.sub));
  const numbers = el("div", "om-value", figure(item, item.stale ? "om-figure om-stale" : "om-figure"));
  for (const line of item.counts) numbers.append(el("span", "om-caption", line));
  const fresh = item.fresh ? el("span", "om-fresh", item.fresh) : null;
  const meta = el("p", "om-caption om-meta", item.second ? worded(item.second) : null, fresh, item.meta ? el("span", "", item.meta) : null, weight(item));
  const ahead = item.ahead ? el("p", "om-caption om-ahead", item.ahead) : null;
  const note = item.said ? el("p", "om-caption om-noted", item.said) : null;
  const said = el("div", "om-said", sentence("", item.sentence), meta, ahead, also(item, host), note);
  const owner = el("p", "om-owner om-caption", ...(item.owner ? ["owner ", el("span", "om-ownername", item.owner)] : []));
  if (item.id) owner.append(el("span", "om-id", item.id));
  if (item.acts) owner.append(el("span", "om-acts", ...item.acts.map((each) => pressed(each, host))));
  node.append(worded(item.mark, "om-verdict"), name, spark(item), numbers, said, owner);
  return node;
}

// How much a signal weighs; what the figure is made of is told where the pointer rests, and stands in the table.
function weight(item) {
  if (!item.weight) return null;
  const node = el("span", "om-weight", item.weight.text);
  node.title = item.weight.title;
  return node;
}

// The whole and the parts that share the card of a row.
function also(item, host) {
  if (!item.also) return null;
  const node = el("p", "om-caption om-also", item.also.lead + " ");
  item.also.links.forEach((each, place) => node.append(place ? ", " : "", link(each.go, host, "om-act", each.text)));
  return node;
}

// A button in a row, above the link that fills the row.
function pressed(item, host) {
  const node = el("button", "om-act", item.text);
  node.type = "button";
  node.setAttribute("aria-label", item.label);
  node.addEventListener("click", () => host.omSend("act", item.act));
  return node;
}

function tile(item, host) {
  const node = el("li", "om-tile");
  node.dataset.key = item.key;
  const title = link(item.go, host, "om-link", item.name);
  title.title = item.title;
  const head = el("div", "om-tilehead", title, figure(item, "om-tilevalue"));
  node.append(head, el("div", "om-tilesub om-caption", item.sub), spark(item));
  return node;
}

function ruled(block, host) {
  const title = el("h2", "om-h2", block.title, block.count ? el("span", "om-count", block.count) : null);
  const note = block.note ? el("span", "om-caption om-note", block.note) : null;
  if (block.choice) note.append(" · ", setting(block.choice, host, "om-act"));
  return [title, note];
}

function title(block) {
  const node = el("div", "om-section om-alone", el("div", "om-sectionhead", ...ruled(block)));
  if (block.arrive) atRest(() => node.scrollIntoView({ block: "center" }));
  return node;
}

// What stands above grows while the page is drawn: a place is gone to once no script runs any more.
function atRest(then) {
  const app = document.querySelector(".stApp");
  const look = () => {
    if (app.dataset.testScriptState === "running") return void setTimeout(look, 60);
    requestAnimationFrame(() => requestAnimationFrame(then));
  };
  setTimeout(look, 60);
}

function rowstitle(block, host) {
  const right = el("span", "om-caption om-rowsnote", block.note);
  for (const item of block.links) right.append(" · ", link(item.go, host, "om-act", item.text));
  const name = el("h2", "om-h2", block.title, block.count ? el("span", "om-count", block.count) : null);
  return el("div", "om-section om-alone", el("div", "om-sectionhead", name, right));
}

function caption(block) {
  return el("p", "om-caption", block.text);
}

function section(block, host) {
  const tiles = block.layout === "tiles";
  const kind = tiles ? (block.rows.some((r) => r.sub) ? "om-tiles om-subbed" : "om-tiles") : "om-rows";
  const list = el("ul", kind, ...block.rows.map((r) => (tiles ? tile : row)(r, host)));
  let node;
  if (block.fold) {
    node = el("details", "om-section om-fold", el("summary", "om-sectionhead", ...ruled(block, host)), list);
    node.open = block.fold === "open";
  } else {
    node = el("section", "om-section", el("div", "om-sectionhead", ...ruled(block, host)), list);
  }
  node.dataset.section = block.id;
  if (block.more) node.append(showAll(block.more, host));
  return node;
}

function key(block, host) {
  const node = el("footer", "om-key");
  for (const item of block.items) {
    node.append(el("span", "om-keyitem om-" + item.tone, drawing(item.shapes, item.width, 16, "", "om-keymark"), item.text));
  }
  const right = el("span", "om-keynote", block.note);
  if (block.link) right.append(block.note ? " · " : "", link(block.link, host, "", block.link.text));
  node.append(right);
  return node;
}

function callout(block) {
  const node = el("div", "om-callout om-edge-" + block.mark.tone);
  node.setAttribute("role", "status");
  const text = el("p", "", block.text);
  if (block.reference) text.append(" ", el("span", "om-reference", "reference " + block.reference + "."));
  node.append(worded(block.mark, "om-callouttitle"), text);
  for (const line of block.lines) node.append(el("p", "om-caption", line));
  return node;
}

function empty(block) {
  const picture = drawing(block.shapes, block.width, block.height, "", "om-pale");
  return el("div", "om-empty", picture, el("p", "om-lead", block.text));
}

function lines(block) {
  const node = el("section", "om-section om-lines" + (block.columns ? " om-columns" : ""), el("div", "om-sectionhead", ...ruled(block)));
  const list = el("ul", "om-linelist");
  for (const item of block.items) {
    list.append(el("li", "", item.mark ? worded(item.mark, "om-linemark") : el("span", "om-linelead", item.lead),
      unbroken(el("span", ""), item.text), unbroken(el("span", "om-caption"), item.note)));
  }
  node.append(list);
  return node;
}

const DRAW = { heading, strip, section, title, rowstitle, caption, key, callout, empty, lines };

// Folds that a person opened or closed, and the link that has the keyboard, survive a redraw.
function remembered(host) {
  const folds = new Map();
  host.querySelectorAll("details[data-section]").forEach((fold) => folds.set(fold.dataset.section, fold.open));
  const active = host.contains(document.activeElement) ? document.activeElement.closest("[data-key]") : null;
  return { folds, focus: active ? active.dataset.key : null };
}

function restore(host, before) {
  host.querySelectorAll("details[data-section]").forEach((fold) => {
    if (before.folds.has(fold.dataset.section)) fold.open = before.folds.get(fold.dataset.section);
  });
  if (before.focus === null) return;
  const item = [...host.querySelectorAll("[data-key]")].find((node) => node.dataset.key === before.focus);
  if (item) item.querySelector("a").focus({ preventScroll: true });
}

// Colours here follow the theme by themselves; a Plotly figure on the page needs one rerun in the new theme.
function watchTheme(host, drawnFor) {
  if (!drawnFor) return;
  host.omDrawnFor = drawnFor;
  if (host.omWatching) return;
  host.omWatching = true;
  const app = host.closest(".stApp");
  if (!app) return;
  const look = () => {
    const now = getComputedStyle(app).colorScheme.includes("dark") ? "dark" : "light";
    if (now === host.omDrawnFor) return;
    host.omDrawnFor = now;
    host.omSend("theme", now);
  };
  new MutationObserver(look).observe(app, { attributes: true });
}
