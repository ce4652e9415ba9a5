// More kinds of block for rankings and changes. It is read together with blocks.js, whose drawing functions it uses.

function ranked(block, host) {
  const node = el("section", "om-section om-ranked" + (block.where ? " om-" + block.where : "") + (block.title ? "" : " om-bare"));
  if (block.title) node.append(el("div", "om-sectionhead", ...ruled(block)));
  const head = el("li", "om-bar om-barhead", ...block.head.map((text) => el("span", "om-caption", text)));
  head.setAttribute("aria-hidden", "true");
  const list = el("ul", "om-bars", head);
  for (const item of block.items) {
    const fill = el("span", "om-fill om-fill-" + item.tone);
    fill.style.width = Math.max(0, Math.min(100, 100 * Number(item.part))) + "%";
    const track = el("span", "om-track", fill);
    track.setAttribute("aria-hidden", "true");
    const running = el("span", item.tone === "vital" ? "om-running om-strong" : "om-running", item.running);
    const line = el("li", "om-bar", link(item.go, host, "om-link", item.name), track,
      el("span", "om-amount", item.amount), el("span", "om-share", item.share), running);
    line.dataset.key = item.key;
    list.append(line);
  }
  node.append(list);
  return node;
}

function changes(block, host) {
  const node = el("section", "om-section om-changes", el("div", "om-sectionhead", ...ruled(block)));
  const head = el("tr", "", ...block.head.map(([name, over], index) => {
    const cell = el("th", "om-col" + index, over ? el("span", "om-over", over) : null, name);
    cell.setAttribute("scope", "col");
    return cell;
  }));
  const body = el("tbody");
  for (const item of block.items) body.append(changeRow(item, host));
  node.append(el("table", "om-changetable", el("thead", "", head), body));
  return node;
}

function changeRow(item, host) {
  const name = el("th", "om-col0", link(item.go, host, "om-link", item.name));
  name.setAttribute("scope", "row");
  const verdict = el("td", "om-col6", worded(item.mark), item.aside ? el("span", "om-caption", item.aside) : null);
  const row = el("tr", "", name, el("td", "om-col1", item.before), el("td", "om-col2", spark(item, "om-dumbbell")),
    el("td", "om-col3", item.after), el("td", "om-col4", item.change), el("td", "om-col5", item.range), verdict);
  row.dataset.key = item.key;
  return row;
}

function foot(block, host) {
  const node = el("p", "om-caption om-foot", block.text);
  if (block.go) node.append(" ", link(block.go, host, "om-footlink", block.link));
  return node;
}

Object.assign(DRAW, { ranked, changes, foot });
