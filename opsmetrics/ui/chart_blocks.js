// More kinds of block for the page of one KPI. Read together with blocks.js and upload_blocks.js, whose functions it uses.

function bar(block, host) {
  const node = el("div", block.chosen ? "om-bar om-barchosen" : "om-bar");
  const left = el("div", "om-barleft", el("span", block.chosen ? "om-barname" : "om-caption", block.text));
  left.setAttribute("role", "status");
  for (const item of block.acts) left.append(actButton(item, host));
  node.append(left);
  if (block.links.length) {
    node.append(el("div", "om-barright", ...block.links.map((item) => link(item.go, host, "", item.text))));
  }
  host.omChart = block.chart;
  watchClicks(host);
  return node;
}

// A click on a point tells its position. The chart comes later than this block and may be drawn anew at any time.
function watchClicks(host) {
  if (host.omClicks) return;
  host.omClicks = setInterval(() => {
    if (!host.isConnected) {
      clearInterval(host.omClicks);
      host.omClicks = null;
      return;
    }
    for (const chart of document.querySelectorAll("." + CSS.escape(host.omChart) + " .js-plotly-plot")) {
      if (chart.omListens || typeof chart.on !== "function") continue;
      chart.omListens = true;
      chart.on("plotly_click", (event) => {
        const point = event.points.find((found) => found.customdata !== undefined);
        if (point) host.omSend("act", { point: Number([].concat(point.customdata)[0]) });
      });
    }
  }, 150);
}

function offers(block, host) {
  const node = el("section", "om-section", el("div", "om-sectionhead", ...ruled(block)));
  const list = el("ul", "om-offers");
  for (const item of block.items) {
    const more = item.more.act ? actButton(item.more, host) : link(item.more.go, host, "om-act", item.more.text);
    list.append(el("li", "", el("span", "", item.text), more));
  }
  node.append(list);
  return node;
}

function notice(block, host) {
  const node = el("div", "om-callout om-noticeline");
  node.setAttribute("role", "status");
  const line = el("p", "", block.mark ? worded(block.mark) : el("span", "om-noticelead", block.lead), " ", block.text);
  for (const item of block.acts) line.append(" ", actButton(item, host));
  if (block.link) line.append(" ", link(block.link.go, host, "om-act", block.link.text));
  node.append(line);
  return node;
}

Object.assign(DRAW, { bar, offers, notice, attention: notice });
