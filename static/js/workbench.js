// The sheet saves itself, keeps what was typed when it cannot, and takes digits for points. Its buttons do without.
(() => {
  "use strict";
  const form = document.querySelector("form[data-workbench]");
  if (!form) return;
  const korean = document.documentElement.lang === "ko";
  const say = (ko, en) => (korean ? ko : en);
  const line = form.querySelector("[data-workbench-said]");
  const mark = document.querySelector(".saved > span:last-child");
  const edition = form.elements.edition;
  const key = `sheet/${form.dataset.workbench}`;
  const QUIET = 2500, AGAIN = 15000;
  let timer = 0, busy = false, dirty = false, stopped = false, leaving = false;

  const tell = (text) => { line.hidden = false; line.textContent = text; };
  const typed = () => {
    const data = [...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "edition"].includes(name));
    return Object.fromEntries(data);
  };
  const store = {
    put() {
      try { localStorage.setItem(key, JSON.stringify({ edition: edition.value, typed: typed() })); } catch { /* full or refused: the server still saves */ }
    },
    get() {
      try { return JSON.parse(localStorage.getItem(key) ?? "null"); } catch { return null; }
    },
    drop() {
      try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
    },
  };

  const save = async () => {
    clearTimeout(timer);
    if (busy || stopped || leaving || !dirty) return;
    busy = true;
    dirty = false;
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, redirect: "manual", credentials: "same-origin",
      });
      const json = (answer.headers.get("Content-Type") ?? "").includes("json");
      if (answer.type === "opaqueredirect" || answer.status === 401 || (answer.status === 403 && !json)) {
        stopped = true;
        tell(say("로그아웃되었습니다. 입력한 내용은 이 기기에 남아 있습니다. 다른 탭에서 로그인한 뒤 이 쪽을 새로 고치세요.",
                 "You are signed out. What you typed is kept on this device: sign in in another tab, then reload this page."));
        return;
      }
      const found = await answer.json();
      if (answer.ok) {
        edition.value = found.edition;
        if (!dirty) store.drop();
        if (mark) mark.textContent = found.said;
        tell(found.said);
        return;
      }
      tell(found.said);
      if (found.code === "saved_elsewhere" || answer.status === 403) stopped = true;
      else dirty = true;
    } catch {
      dirty = true;
      timer = setTimeout(save, AGAIN);
      tell(say("지금은 저장할 수 없습니다. 입력한 내용은 이 기기에 남아 있고, 곧 다시 저장합니다.",
               "It cannot be saved just now. What you typed is kept on this device and is saved again soon."));
    } finally {
      busy = false;
      if (dirty && !stopped) timer = setTimeout(save, AGAIN);
    }
  };
  const changed = () => {
    dirty = true;
    store.put();
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    clearTimeout(timer);
    store.put();
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });

  // What a lost session or a closed window left on this device, over the same save that it began from.
  const kept = store.get();
  const fill = (values) => {
    for (const element of form.elements) {
      if (!element.name || ["csrfmiddlewaretoken", "edition", "submit", "later"].includes(element.name)) continue;
      if (element.type === "radio") element.checked = values[element.name] === element.value;
      else if (element.name in values) element.value = values[element.name];
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  if (kept && JSON.stringify(kept.typed) !== JSON.stringify(typed())) {
    if (kept.edition === edition.value) {
      fill(kept.typed);
      tell(say("이 기기에 남아 있던 내용을 되살렸습니다.", "What was left on this device has been brought back."));
    } else {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-small button-secondary";
      button.textContent = say("되살리기", "Bring it back");
      button.addEventListener("click", () => { fill(kept.typed); button.remove(); });
      tell(say("이 기기에 저장하지 못한 내용이 있고, 그 뒤 다른 곳에서 저장되었습니다. ",
               "Something unsaved is left on this device, and the sheet was saved elsewhere since. "));
      line.append(button);
    }
  } else if (kept) store.drop();

  // Keys. Digits act only while the focus lies in a scale (WCAG 2.1.4), the others take Ctrl.
  let first = "", since = 0;
  form.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      if (event.key === "s" || event.key === "S") { event.preventDefault(); dirty = true; save(); }
      if (event.key === "Enter") { event.preventDefault(); form.requestSubmit(form.querySelector("button[name=submit]")); }
      return;
    }
    const scale = event.target.closest("[data-scale]");
    if (!scale || event.altKey || !/^[0-9]$/.test(event.key)) return;
    const at = (value) => scale.querySelector(`input[value="${value}"]`);
    const both = Date.now() - since < 900 ? at(first + event.key) : null;
    const wanted = both ?? at(event.key);
    first = event.key;
    since = Date.now();
    if (!wanted) return;
    event.preventDefault();
    wanted.checked = true;
    wanted.focus();
    wanted.dispatchEvent(new Event("input", { bubbles: true }));
    wanted.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
