// Names of products while somebody types in a search box. The box works without it.
(() => {
  "use strict";
  const box = document.querySelector("input[data-suggest]");
  if (!box) return;
  const list = document.createElement("datalist");
  list.id = "suggestions";
  box.after(list);
  box.setAttribute("list", list.id);
  box.autocomplete = "off";
  let waiting, asked;
  box.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (event.inputType === "insertReplacementText" || !box.value.trim()) return;
    waiting = setTimeout(async () => {
      asked?.abort();
      asked = new AbortController();
      const typed = box.value;
      try {
        const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(typed)}`, { signal: asked.signal });
        const found = (await answer.json()).suggestions;
        list.replaceChildren(...found.map(({ text }) => {
          const option = document.createElement("option");
          option.value = text;
          // Browsers show only what contains the typed letters: initials and the other layout would be hidden.
          if (!text.toLowerCase().includes(typed.toLowerCase())) option.label = `${typed} → ${text}`;
          return option;
        }));
      } catch { /* the next letter asks again */ }
    }, 150);
  });
})();
