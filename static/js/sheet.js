// The total beside the sheet follows what is chosen. Without this it shows what was saved last.
(() => {
  "use strict";
  const shown = document.querySelector("[data-sheet-total]");
  const form = shown?.closest("form");
  if (!form) return;
  form.addEventListener("input", () => {
    let total = 0;
    for (const box of form.querySelectorAll("[data-weight]")) {
      const chosen = box.querySelector("input:checked") ?? box.querySelector("input:not([type=radio])");
      const points = Number(chosen?.value || 0), most = Number(box.dataset.max);
      if (Number.isInteger(points) && points >= 0 && points <= most) total += points * Number(box.dataset.weight) / most;
      const legend = box.querySelector("legend span:last-child");
      if (legend && chosen) legend.textContent = `${chosen.value} / ${most}`;
    }
    shown.textContent = String(Math.round(total * 10) / 10);
  });
})();
