// More kinds of block for files and typed numbers: numbered steps, tables with two lines of headings, figures.
// It is read together with blocks.js, whose drawing functions it uses.

function step(block) {
  const node = el("div", "om-step", el("h2", "om-h2", el("span", "om-stepnumber", block.number), " ", block.title));
  if (block.note) node.append(el("p", "om-caption", block.note));
  return node;
}

function known(block) {
  const node = el("dl", "om-known");
  for (const item of block.items) node.append(el("div", "", el("dt", "", item.label), el("dd", "", item.text)));
  return node;
}

function figures(block) {
  const node = el("dl", "om-figures");
  for (const item of block.items) {
    node.append(el("div", item.tone ? "om-" + item.tone : "", el("dd", "", item.value), el("dt", "", item.caption)));
  }
  return node;
}

// A table of texts. A wide one is scrolled in its own frame, by keyboard too.
function grid(block, host) {
  const head = el("tr", "", ...block.columns.map((column) => {
    const cell = el("th", column.style);
    cell.setAttribute("scope", "col");
    if (column.over) cell.append(el("span", "om-over", column.over));
    cell.append(el("span", column.over ? "om-under" : "", column.name));
    return cell;
  }));
  const table = el("table", "om-grid", el("thead", "", head));
  const body = el("tbody");
  for (const row of block.rows) body.append(el("tr", "", ...row.map((c, i) => gridCell(c, block.columns[i], host))));
  table.append(body);
  const frame = el("div", block.tall ? "om-gridframe om-tall" : "om-gridframe", table);
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", block.label);
  frame.tabIndex = 0;
  return frame;
}

function gridCell(cell, column, host) {
  const node = el("td", cell.style ? column.style + " om-" + cell.style : column.style);
  node.dataset.column = column.name;
  if (cell.mark) node.append(worded(cell.mark));
  else if (cell.act) node.append(actButton(cell, host));
  else if (cell.go) node.append(link(cell.go, host, "om-link", ...breakable(cell.text)));
  else node.append(...breakable(cell.text));
  if (cell.under) node.append(el("span", "om-cellunder", ...breakable(cell.under)));
  return node;
}

// A long name without blanks, such as that of a file, may break after its own signs rather than within a word.
function breakable(text) {
  const parts = String(text).split(/(?<=[_/])|(?<=[.-])(?=[A-Za-z])/);
  return parts.flatMap((part, index) => (index ? [document.createElement("wbr"), part] : [part]));
}

function actButton(cell, host) {
  const node = el("button", "om-act", cell.text);
  node.type = "button";
  node.setAttribute("aria-label", cell.label);
  node.addEventListener("click", () => host.omSend("act", cell.act));
  return node;
}

function edged(block, host) {
  const node = el("div", "om-callout om-edge-" + block.mark.tone, worded(block.mark, "om-callouttitle"), grid(block, host));
  if (block.note) node.append(el("p", "om-caption", block.note));
  return node;
}

function noted(block) {
  const list = el("ul", "om-notedlist", ...block.lines.map((line) => el("li", "", line)));
  const node = el("div", "om-callout om-edge-" + block.mark.tone, worded(block.mark, "om-callouttitle"), list);
  node.setAttribute("role", "status");
  return node;
}

function said(block) {
  const node = el("p", "om-said-line", block.lead ? el("span", "", block.lead) : null);
  if (block.mark) node.append(worded(block.mark));
  node.append(el("span", block.muted ? "om-muted" : "", block.text));
  return node;
}

Object.assign(DRAW, { step, known, figures, grid, edged, noted, said });
