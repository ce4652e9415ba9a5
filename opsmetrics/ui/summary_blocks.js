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

function cell(name, label, ...children) {
  const node = el("td", name, ...children);
  node.dataset.label = label;
  return node;
}

function chance(row) {
  if (!row.chance) return null;
  const node = el("span", "om-chance om-" + row.chance.tone);
  node.append(drawing(row.chance.shapes, 60, 16, "", "om-chancemark"), el("span", "", row.chance.text));
  return node;
}

function summaryRow(row, labels, host) {
  const node = document.createElement("tr");
  node.dataset.key = row.key;
  const name = document.createElement("th");
  name.scope = "row";
  name.append(link(row.go, host, "om-link", row.name), el("span", "om-caption", row.sub));
  const value = cell("om-num om-latest", labels.latest, figure(row, row.stale ? "om-figure om-stale" : "om-figure"));
  value.append(el("span", "om-caption", row.period), el("span", "om-caption", row.counts));
  node.append(
    name,
    cell("om-line", labels.spark, spark(row)),
    value,
    cell("om-num om-aim", labels.target, row.target),
    cell("om-verdictcell", labels.variation, worded(row.variation)),
    cell("om-verdictcell", labels.assurance, worded(row.assurance)),
  );
  for (const [place, text] of row.to_date.entries()) node.append(cell("om-num om-todate", labels.to_date[place], text));
  if (labels.chance) node.append(cell("om-num om-chancecell", labels.chance, chance(row)));
  node.append(cell("om-sentence", labels.sentence, sentence("", row.sentence)));
  return node;
}

DRAW.summary = (block, host) => {
  const labels = block.labels;
  const heads = [labels.name, labels.spark, labels.latest, labels.target, labels.variation, labels.assurance,
    ...labels.to_date, ...(labels.chance ? [labels.chance] : []), labels.sentence];
  const top = el("tr", "");
  heads.forEach((text, place) => {
    const head = el("th", place === 2 || place === 3 || (place > 5 && place < heads.length - 1) ? "om-num" : "", text);
    head.scope = "col";
    top.append(head);
  });
  const table = el("table", "om-summary", el("thead", "", top));
  for (const group of block.groups) {
    const body = document.createElement("tbody");
    if (group.title) {
      const title = el("th", "om-grouptitle", group.title);
      title.colSpan = heads.length;
      title.scope = "rowgroup";
      body.append(el("tr", "om-grouprow", title));
    }
    body.append(...group.rows.map((row) => summaryRow(row, labels, host)));
    table.append(body);
  }
  return el("div", "om-sheet", table);
};
