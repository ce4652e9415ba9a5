"""Text is readable on its ground: WCAG 2.2, 1.4.3, at least 4.5 to 1, 3 to 1 where it is large."""

from __future__ import annotations

from tests.browser.conftest import Watch

#: Each text that is too pale, with its contrast. Relative luminance and contrast as WCAG defines them; what is
#: half-transparent is laid over what is below it.
PALE = """() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (colour) => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    const d = pen.getImageData(0, 0, 1, 1).data;
    return [d[0], d[1], d[2], d[3] / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const light = (c) => {
    const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const page = over(read(getComputedStyle(document.querySelector(".stApp")).backgroundColor), [255, 255, 255]);
  const ground = (node) => {
    const layers = [];
    for (let e = node; e; e = e.parentElement) layers.unshift(read(getComputedStyle(e).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), page);
  };
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), e = walk.currentNode.parentElement, style = getComputedStyle(e);
    if (!text || e.closest("style, script, noscript, :disabled") || !e.getClientRects().length) continue;
    let opacity = 1;
    for (let x = e; x; x = x.parentElement) opacity *= Number(getComputedStyle(x).opacity);
    if (style.visibility === "hidden" || opacity < 0.05) continue;
    const drawn = e instanceof SVGElement, below = ground(drawn ? e.closest("svg").parentElement : e);
    const ink = read(drawn ? style.fill : style.color);
    ink[3] *= opacity;
    const [a, b] = [light(over(ink, below)), light(below)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 600);
    seen += 1;
    if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) found.push(text + " " + ((a + 0.05) / (b + 0.05)).toFixed(2));
  }
  return { seen, found };
}"""


def assert_readable(found: Watch, address: str) -> None:
    """No text on the open page is too pale, at the width of a desk, where all of them stand."""
    own = found.page.viewport_size
    assert own is not None
    if own["width"] < 1440:
        found.page.set_viewport_size({"width": 1440, "height": 900})
        found.ready()
    told = found.page.evaluate(PALE)
    assert told["seen"] > 10, address
    assert told["found"] == [], address
    found.page.set_viewport_size(own)
