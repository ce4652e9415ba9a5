// One more kind of block: small tables side by side. It is read together with blocks.js, whose functions it uses.

function panels(block) {
  const node = el("div", "om-panels" + (block.wide ? " om-two" : ""));
  for (const panel of block.panels) {
    const part = el("section", "om-section om-panel", el("div", "om-sectionhead", ...ruled(panel)));
    if (panel.rows.length) part.append(panelTable(panel));
    if (panel.text) part.append(el("p", "om-caption", panel.text));
    node.append(part);
  }
  return node;
}

function panelTable(panel) {
  const head = el("tr", "");
  for (const name of panel.head) {
    const cell = el("th", "", name);
    cell.setAttribute("scope", "col");
    head.append(cell);
  }
  const body = el("tbody");
  for (const cells of panel.rows) {
    const row = el("tr", "");
    cells.forEach((text, index) => {
      const cell = el(index ? "td" : "th", "", text);
      if (!index) cell.setAttribute("scope", "row");
      row.append(cell);
    });
    body.append(row);
  }
  const name = "om-paneltable" + (panel.strong ? " om-firststrong" : "") + (panel.words ? " om-words" : "");
  return el("table", name, panel.head.length ? el("thead", "", head) : null, body);
}

Object.assign(DRAW, { panels });
