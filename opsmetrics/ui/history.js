// One step of a reader is one entry of the browser's history. Streamlit adds an entry whenever it changes the address:
// opening another page with parameters changes it twice, and bringing a reader's filters along once more. Only the first
// change after something the reader did is an entry of its own; those that follow by themselves take its place.
//
// And Back comes to the place from which one left: how far each entry was scrolled is noted beside its address.

const ACTS = ["pointerdown", "keydown", "input", "change"];
const LEAVES = ["wheel", "touchstart", "keydown", "pointerdown"];
const MARK = Symbol.for("opsmetrics.history");
const PATIENCE = 8000; // milliseconds in which a page that is drawn again may still grow
const CALM = 400; // and for which it then holds its place

export default function () {
  if (window.history[MARK]) return;
  window.history[MARK] = true;
  keepEntries();
  keepPlaces();
  keepReader();
}

// A random name for this browser and the second in which it got it, by which the server tells one reader's last visit
// from another's. It says nothing about a person, and is forgotten after 400 days without a visit.
function keepReader() {
  const known = /(?:^|; )opsmetrics_reader=([0-9a-f]{32}\.\d{10})(?:;|$)/.exec(document.cookie);
  const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  const name = known ? known[1] : random() + "." + Math.floor(Date.now() / 1000);
  document.cookie = "opsmetrics_reader=" + name + "; path=/; max-age=34560000; samesite=lax";
}

function keepEntries() {
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

function keepPlaces() {
  const places = new Map();
  let returning = 0;
  const main = () => document.querySelector('[data-testid="stMain"]');
  document.addEventListener("scroll", (event) => {
    if (!returning && event.target === main()) places.set(window.location.href, event.target.scrollTop);
  }, { capture: true, passive: true });
  for (const name of LEAVES) window.addEventListener(name, () => (returning = 0), { capture: true, passive: true });
  window.addEventListener("popstate", () => {
    const place = places.get(window.location.href) || 0;
    const turn = (returning = performance.now());
    let reached = 0;
    const step = (now) => {
      if (returning !== turn) return; // the reader has moved on
      const box = main();
      if (box && box.scrollHeight - box.clientHeight >= place) {
        box.scrollTop = place;
        reached = reached || now;
      } else reached = 0;
      const idle = document.querySelector('.stApp[data-test-script-state="notRunning"]');
      if (now - turn > PATIENCE || (idle && reached && now - reached > CALM)) returning = 0;
      else window.requestAnimationFrame(step);
    };
    window.requestAnimationFrame(step);
  });
}
