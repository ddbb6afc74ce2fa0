// Small comforts. Every page works without them.
(() => {
  "use strict";

  // Countdowns: the server's clock decides; the page only lets time pass since it was sent.
  const loaded = performance.now();
  const korean = document.documentElement.lang === "ko";
  const unit = (n, ko, en, many) => `${n}${korean ? ko : n === 1 ? en : many}`;
  const words = (minutes) => {
    const d = Math.floor(minutes / 1440), h = Math.floor((minutes % 1440) / 60), m = minutes % 60;
    const parts = d ? [[d, "일", " day", " days"], [h, "시간", " h", " h"]]
      : h ? [[h, "시간", " h", " h"], [m, "분", " min", " min"]]
      : [[m, "분", " min", " min"]];
    return parts.filter(([n]) => n).map((part) => unit(...part)).join(" ");
  };
  const tick = () => {
    for (const box of document.querySelectorAll("[data-until][data-now]")) {
      const left = Date.parse(box.dataset.until) - Date.parse(box.dataset.now) - (performance.now() - loaded);
      const minutes = Math.floor(left / 60000);
      const shown = box.querySelector(".countdown-left");
      if (!shown || minutes < 1) continue; // the last minute and after: the server's words stay
      shown.firstChild.nodeValue = `${words(minutes)} `;
      box.classList.toggle("is-last-hour", left <= 3600000);
      box.classList.toggle("is-soon", left > 3600000 && left <= 172800000);
    }
  };
  setInterval(tick, 30000);

  // Menus of the header close with Escape and when something else is chosen.
  const closeMenus = (except) => document.querySelectorAll("details.tool-menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details.tool-menu[open]");
    closeMenus();
    menu?.querySelector("summary")?.focus();
  });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.tool-menu")));

  // Signing out leaves nothing of what was typed in this tab.
  document.addEventListener("submit", (event) => {
    if (!/\/logout\/$/.test(event.target.action)) return;
    for (const name of Object.keys(sessionStorage)) if (name.startsWith("draft:")) sessionStorage.removeItem(name);
  });

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
    setTimeout(() => delete event.target.dataset.sent, 8000);
  });

  // Characters typed so far, beside the limits.
  for (const area of document.querySelectorAll("textarea[aria-describedby]")) {
    const line = document.getElementById(`${area.id}_note`);
    if (!line) continue;
    const count = line.appendChild(document.createElement("span"));
    const show = () => { count.textContent = korean ? `${area.value.length}자` : `${area.value.length}`; };
    area.addEventListener("input", show);
    show();
  }
})();
