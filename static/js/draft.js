// A step saves itself while somebody writes. Without this it is saved by its buttons. Every sentence comes from the
// server (data-draft). What could not be saved stays in this tab's session storage until it is.
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  const line = form?.querySelector("[data-draft-status]");
  if (!line) return;

  const given = JSON.parse(form.dataset.draft);
  const texts = given.texts;
  const version = form.querySelector("[name=version]"), open = form.querySelector("[name=window]");
  const PREFIX = "draft:";
  const key = `${PREFIX}${given.person}:${location.pathname}`;
  const PAUSE = 2000, AGAIN = 10000, SELDOM = 120000;
  let timer = 0, sending = false, stopped = false, failures = 0;

  const fields = () => {
    const all = new URLSearchParams(new FormData(form));
    all.delete("csrfmiddlewaretoken");
    all.delete("version");
    all.delete("window");
    all.delete("writer");
    return all.toString();
  };
  let stored = fields();
  const isDirty = () => fields() !== stored;

  const say = (text, action, unsaved = false) => {
    line.textContent = text;
    line.classList.toggle("is-unsaved", unsaved);
    if (action) line.append(" ", action);
  };
  const act = (tag, text, set) => Object.assign(document.createElement(tag), { textContent: text }, set);
  const remember = (sent = false) => sessionStorage.setItem(key, JSON.stringify({ fields: fields(), version: version.value, window: open.value, sent }));
  const forget = () => sessionStorage.removeItem(key);

  const later = (after) => { clearTimeout(timer); timer = setTimeout(save, after); };
  const stop = (text, action) => { stopped = true; remember(); say(text, action, true); };

  const answered = async (response, sent) => {
    const answer = await response.json().catch(() => ({ state: response.status === 403 ? "signed_out" : "" }));
    if (answer.state === "saved") {
      failures = 0;
      stored = sent;
      version.value = answer.version;
      forget();
      say(answer.message, null, Boolean(answer.wrong));
      if (isDirty()) later(PAUSE);
    } else if (answer.state === "signed_out") {
      stop(texts.signed_out, act("a", texts.sign_in, { href: given.login }));
    } else if (answer.state === "stale") {
      stop(answer.message, act("button", texts.look, { type: "submit", className: "button button-text button-small", name: "stay", value: "1" }));
    } else if (answer.state === "refused") {
      stop(answer.message);
    } else if (response.status === 404 || response.status === 410) {
      stop(texts.gone);
    } else {
      again(texts.trouble);
    }
  };

  // What could not be saved stays in this tab, and is tried again ever more seldom.
  const again = (text) => {
    remember();
    say(text, null, true);
    later(Math.min(AGAIN * 2 ** failures, SELDOM));
    failures += 1;
  };

  async function save() {
    if (stopped || sending || !isDirty()) return;
    sending = true;
    const sent = fields();
    const body = new URLSearchParams(new FormData(form));
    try {
      const response = await fetch(location.pathname, {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "error",
        keepalive: body.toString().length < 60000,
      });
      await answered(response, sent);
    } catch {
      again(texts.offline);
    } finally {
      sending = false;
    }
  }

  form.addEventListener("input", () => { if (!stopped) later(PAUSE); else remember(); });
  form.addEventListener("change", () => { if (!stopped) later(PAUSE); });
  // The buttons save by themselves.
  form.addEventListener("submit", () => { stopped = true; clearTimeout(timer); remember(true); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });

  // What this person typed in this tab and could not save; what anybody else typed is gone.
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(PREFIX) && !name.startsWith(`${PREFIX}${given.person}:`)) sessionStorage.removeItem(name);
  }
  const before = JSON.parse(sessionStorage.getItem(key) ?? "null");
  const arrived = before?.sent && Number(version.value) > Number(before.version); // what a button sent was saved
  if (before && !arrived && before.fields !== stored && !form.querySelector("[role=alert]")) {
    const back = act("button", texts.put_back, { type: "button", className: "button button-text button-small" });
    const drop = act("button", texts.drop, { type: "button", className: "button button-text button-small" });
    back.addEventListener("click", () => {
      fill(new URLSearchParams(before.fields));
      version.value = before.version; // an older one than what somebody else changed shows both
      open.value = before.window;
      say(texts.back);
      later(0);
    });
    drop.addEventListener("click", () => { forget(); say(""); });
    say(texts.found, back);
    line.append(" ", drop);
  } else {
    forget();
  }

  function fill(values) {
    for (const box of form.elements) {
      if (!box.name || box.type === "hidden" || box.type === "submit") continue;
      const all = values.getAll(box.name);
      if (box.type === "radio" || box.type === "checkbox") box.checked = all.includes(box.value);
      else if (box.type === "select-multiple") for (const option of box.options) option.selected = all.includes(option.value);
      else box.value = all[0] ?? "";
    }
  }

  const WARNING = 600;
  if (given.left < 86400) setTimeout(() => { if (!stopped) say(texts.ending); }, Math.max(0, given.left - WARNING) * 1000);
})();
