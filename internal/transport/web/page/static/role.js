"use strict";
// The form of a role: a line that is not as it is saved has a mark and the word, and whoever leaves without saving is asked.
(() => {
  const form = document.querySelector("form.role-form");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  let leaving = false;

  form.addEventListener("change", event => {
    const line = event.target.closest("tr");
    const words = line?.querySelectorAll(".changed-word") ?? [];
    if (!words.length) return;
    const changed = boxes.some(box => line.contains(box) && box.checked !== ("stored" in box.dataset));
    line.classList.toggle("changed", changed);
    words.forEach(word => { word.hidden = !changed; });
  });

  const typed = () => [...form.elements].some(field => field.type === "checkbox" ? field.checked !== field.defaultChecked : field.type === "text" && field.value !== field.defaultValue);
  form.addEventListener("submit", () => { leaving = true; });
  document.addEventListener("click", event => { leaving ||= Boolean(event.target.closest("[data-discard]")); });
  addEventListener("beforeunload", event => {
    if (!leaving && (form.querySelector(".changed") || typed())) event.preventDefault();
  });
  addEventListener("pageshow", () => { leaving = false; });
})();
