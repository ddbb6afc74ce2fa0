// Total and count beside the sheet follow what is chosen. Without this they show what was saved last.
(() => {
  "use strict";
  const form = document.querySelector("form.sheet");
  if (!form) return;
  const shown = form.querySelector("[data-sheet-total]"), given = form.querySelector("[data-sheet-given]");
  form.addEventListener("input", () => {
    let total = 0, count = 0;
    for (const box of form.querySelectorAll("[data-question]")) {
      const chosen = box.querySelector("input:checked") ?? box.querySelector("input:not([type=radio])");
      if (chosen && chosen.value !== "") count += 1;
      if (!box.dataset.weight) continue;
      const points = Number(chosen?.value || 0), most = Number(box.dataset.max);
      if (Number.isInteger(points) && points >= 0 && points <= most) total += points * Number(box.dataset.weight) / most;
      const legend = box.querySelector("legend span:last-child");
      if (legend && chosen) legend.textContent = `${chosen.value} / ${most}`;
    }
    if (shown) shown.textContent = String(Math.round(total * 10) / 10);
    if (given) given.textContent = String(count);
  });
})();
