// One step of a reader is one entry of the browser's history. Streamlit adds an entry whenever it changes the address:
// opening another page with parameters changes it twice, and bringing a reader's filters along once more. Only the first
// change after something the reader did is an entry of its own; those that follow by themselves take its place.

const ACTS = ["pointerdown", "keydown", "input", "change"];
const MARK = Symbol.for("opsmetrics.history");

export default function () {
  if (window.history[MARK]) return;
  window.history[MARK] = true;
  const push = window.history.pushState.bind(window.history);
  const replace = window.history.replaceState.bind(window.history);
  let acted = true;
  for (const name of ACTS) window.addEventListener(name, () => (acted = true), { capture: true, passive: true });
  window.addEventListener("popstate", () => (acted = false), { capture: true });
  window.history.pushState = (state, title, address) => {
    (acted ? push : replace)(state, title, address);
    acted = false;
  };
}
