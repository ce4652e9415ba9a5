// The summary's own blocks: what to ask about first, and one table with a row for each KPI. Joined to blocks.js, whose
// helpers it uses.

function asked(item, host) {
  const head = el("div", "om-askhead", link(item.go, host, "om-link", item.name), figure(item, "om-askvalue"));
  return el("li", "om-ask", worded(item.mark), head, sentence("", item.sentence));
}

DRAW.asks = (block, host) => {
  const list = el("ol", "om-asks", ...block.items.map((item) => asked(item, host)));
  return el("section", "om-section om-asking", el("div", "om-sectionhead", ...ruled(block)), list);
};

function cell(tag, role, name, label, ...children) {
  const node = el(tag, name, ...children);
  node.setAttribute("role", role); // a narrow page draws the table as a grid, and it stays a table all the same
  if (label) node.dataset.label = label;
  return node;
}

function chance(row) {
  if (!row.chance) return null;
  const node = el("span", "om-chance om-" + row.chance.tone);
  node.append(drawing(row.chance.shapes, 60, 16, "", "om-chancemark"), el("span", "", row.chance.text), el("span", "om-caption", row.chance.lands));
  node.title = row.chance.title;
  return node;
}

function summaryRow(row, labels, host) {
  const node = cell("tr", "row", "");
  node.dataset.key = row.key;
  const name = cell("th", "rowheader", "", "", link(row.go, host, "om-link", row.name), el("span", "om-caption", row.sub));
  name.scope = "row";
  const value = cell("td", "cell", "om-num om-latest", labels.latest);
  value.append(figure(row, row.stale ? "om-figure om-stale" : "om-figure"));
  const parts = [row.period, row.counts].filter(Boolean).map((text) => el("span", "om-part", text));
  value.append(el("span", "om-caption", ...parts.flatMap((part) => [part, " "])));
  const marks = el("div", "om-marks", ...row.marks.map((mark) => worded(mark)));
  node.append(
    name,
    cell("td", "cell", "om-line", labels.spark, spark(row)),
    value,
    cell("td", "cell", "om-num om-aim", labels.target, row.target),
    cell("td", "cell", "om-markscell", labels.marks.join(", "), marks),
  );
  for (const [place, text] of row.to_date.entries()) {
    node.append(cell("td", "cell", "om-num om-todate", labels.to_date[place], text));
  }
  if (labels.chance) node.append(cell("td", "cell", "om-num om-chancecell", labels.chance, chance(row)));
  node.append(cell("td", "cell", "om-sentence", labels.sentence, sentence("", row.sentence)));
  return node;
}

function summaryHead(labels) {
  const top = cell("tr", "row", "");
  const add = (name, ...children) => {
    const head = cell("th", "columnheader", name, "", ...children);
    head.scope = "col";
    top.append(head);
  };
  add("", labels.name);
  add("om-line", labels.spark);
  add("om-num", labels.latest);
  add("om-num", labels.target);
  add("om-markscell", el("div", "om-marks", ...labels.marks.map((text) => el("span", "", text))));
  for (const text of labels.to_date) add("om-num om-todate", text);
  if (labels.chance) add("om-num om-chancecell", labels.chance);
  add("om-sentence", labels.sentence);
  return top;
}

DRAW.summary = (block, host) => {
  const labels = block.labels;
  const head = cell("thead", "rowgroup", "", "", summaryHead(labels));
  const table = cell("table", "table", "om-summary", "", head);
  table.style.setProperty("--om-todates", labels.to_date.length);
  for (const group of block.groups) {
    const body = cell("tbody", "rowgroup", "");
    if (group.title) {
      const title = cell("th", "rowheader", "om-grouptitle", "", group.title);
      title.colSpan = head.firstChild.children.length;
      title.scope = "rowgroup";
      body.append(cell("tr", "row", "om-grouprow", "", title));
    }
    body.append(...group.rows.map((row) => summaryRow(row, labels, host)));
    table.append(body);
  }
  return el("div", "om-sheet", table);
};
