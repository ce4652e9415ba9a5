// Typing numbers without a mouse: Enter goes to the next field as Tab does, from the last one to Save, and a phone shows
// its keys for numbers.

const FIELDS = ".st-key-enter_lines input[type=text]";

export default function () {
  const fields = () => [...document.querySelectorAll(FIELDS)];
  for (const field of fields()) field.setAttribute("inputmode", "decimal");
  if (document.omEnterKeys) return;
  document.omEnterKeys = true;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(FIELDS)) event.target.setAttribute("inputmode", "decimal");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches(FIELDS)) return;
    const all = fields();
    const next = all[all.indexOf(event.target) + 1] || document.querySelector(".st-key-enter_save button");
    if (next) setTimeout(() => next.focus(), 0); // after Streamlit has taken what was typed
  }, { capture: true });
}
