// Files upload piece by piece as soon as they are chosen, several at once; a broken connection goes on by itself.
// The plain form below stays what it is without JavaScript. Every sentence comes from the server (data-uploads).
(() => {
  "use strict";
  const form = document.querySelector("form[data-uploads]");
  const input = form?.querySelector("input[type=file]");
  if (!form || !input || !window.tus?.isSupported) return;

  const given = JSON.parse(form.dataset.uploads);
  const texts = given.texts;
  const say = (key, places = {}) => texts[key].replace(/%\((\w+)\)s/g, (_all, name) => places[name] ?? "").replace(/%%/g, "%");
  const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
  const AT_ONCE = 3;
  const waiting = [];
  let running = 0, room = given.room;

  const make = (tag, attributes = {}, text = "") => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.textContent = text;
    return node;
  };
  const inWords = (bytes) => bytes < 1024 ? `${bytes}B` : bytes < 1048576 ? `${Math.round(bytes / 1024)}KB` : `${(bytes / 1048576).toFixed(1)}MB`;

  const field = form.querySelector("[data-upload-field]");
  const drop = input.closest(".drop") ?? field;
  form.querySelector("[data-plain-upload]").hidden = true;
  const live = field.appendChild(make("p", { role: "status", "aria-live": "polite", class: "visually-hidden" }));
  drop.appendChild(make("p", { class: "subtle small" }, say("drop")));
  const announce = (text) => { live.textContent = text; };

  const list = () => {
    const holder = form.querySelector("[data-upload-list]");
    holder.querySelector("[data-no-file]")?.remove();
    return holder.querySelector("ul.files") ?? holder.appendChild(make("ul", { class: "files" }));
  };

  class Row {
    constructor(file) {
      this.file = file;
      this.item = make("li", { class: "file" });
      const dot = file.name.lastIndexOf(".");
      this.item.appendChild(make("span", { class: "file-kind", "aria-hidden": "true" }, (dot < 0 ? "?" : file.name.slice(dot + 1)).toUpperCase().slice(0, 4)));
      this.name = this.item.appendChild(make("span", { class: "file-name" }, file.name));
      this.meta = this.item.appendChild(make("p", { class: "file-meta" }));
      this.bar = this.item.appendChild(make("progress", { max: file.size || 1, value: 0, "aria-label": say("progress", { name: file.name }) }));
      this.act = this.item.appendChild(make("p", { class: "file-act" }));
      list().appendChild(this.item);
    }

    percent() { return Math.floor((this.bar.value / this.bar.max) * 100); }

    show(text) { this.meta.textContent = `${inWords(this.file.size)} · ${text}`; }

    buttons(...pairs) {
      this.act.replaceChildren(...pairs.map(([key, action]) => {
        const button = make("button", { type: "button", class: "button button-text button-small" }, say(key));
        button.appendChild(make("span", { class: "visually-hidden" }, ` ${this.file.name}`));
        button.addEventListener("click", action);
        return button;
      }));
    }

    fail(reason, ...buttons) {
      this.item.classList.add("tone-danger");
      this.meta.className = "file-meta error";
      this.meta.textContent = reason;
      this.bar.hidden = true;
      this.buttons(...buttons);
      announce(say("failed", { name: this.file.name, reason }));
    }

    mend() {
      this.item.classList.remove("tone-danger");
      this.meta.className = "file-meta";
      this.bar.hidden = false;
    }
  }

  const wrong = (file) => {
    const extension = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
    const alias = { jpeg: "jpg" };
    const taken = given.extensions.map((one) => alias[one] ?? one);
    if (!taken.includes(alias[extension] ?? extension)) return say("wrongType");
    if (file.size === 0) return say("empty");
    if (file.size > given.most) return say("tooBig");
    return room > 0 ? "" : say("full");
  };

  // A server's own sentence where it is plain text; a page of a proxy is an error in our words.
  const reasonOf = (response) => {
    const status = response?.getStatus() ?? 0;
    if (status === 401 || status === 403) return say("signedOut");
    if ((response?.getHeader("Content-Type") ?? "").startsWith("text/plain") && response.getBody()) return response.getBody();
    if (status === 413) return say("notTaken");
    return status >= 500 ? say("serverAway") : status ? say("unknown") : say("stopped");
  };
  const isFinal = (status) => status >= 400 && status < 500 && ![409, 423, 429, 401, 403].includes(status);

  const begin = (file) => {
    const row = new Row(file);
    const reason = wrong(file);
    const dismiss = () => row.item.remove();
    if (reason) { row.fail(reason, ["dismiss", dismiss]); return; }
    room -= 1;
    let active = false, over = false;
    const release = () => {
      if (active) { active = false; running -= 1; next(); }
    };
    const giveUp = () => { if (!over) { over = true; room += 1; } release(); };
    const upload = new tus.Upload(file, {
      endpoint: given.endpoint,
      chunkSize: given.piece,
      retryDelays: [0, 1000, 3000, 5000, 10000, 20000],
      metadata: { filename: file.name },
      headers: { "X-CSRFToken": token() },
      removeFingerprintOnSuccess: true,
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        const again = status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;
        if (again) row.show(say("interrupted"));
        return again;
      },
      onProgress: (sent, all) => {
        row.bar.max = all;
        row.bar.value = sent;
        row.show(sent < all ? say("sending", { n: row.percent() }) : say("checking"));
      },
      onSuccess: () => finish(upload, row, release),
      onError: (error) => {
        const response = error.originalResponse;
        const status = response?.getStatus() ?? 0;
        if (isFinal(status)) {
          giveUp();
          forget(upload);
          row.fail(reasonOf(response), ["dismiss", dismiss]);
          return;
        }
        release();
        row.fail(reasonOf(response), ["resume", start], ["cancel", cancel]);
        if (status === 401 || status === 403) {
          row.meta.append(" ", make("a", { href: given.signIn }, say("signIn")));
        }
      },
    });
    const cancel = () => {
      giveUp();
      const place = waiting.indexOf(start);
      if (place >= 0) waiting.splice(place, 1);
      upload.abort(true).catch(() => {}).finally(dismiss);
    };
    const pause = () => {
      upload.abort();
      release();
      row.show(say("paused", { n: row.percent() }));
      row.buttons(["resume", start], ["cancel", cancel]);
    };
    const go = async () => {
      active = true;
      running += 1;
      row.mend();
      row.buttons(["pause", pause], ["cancel", cancel]);
      const earlier = upload.url ? [] : await upload.findPreviousUploads().catch(() => []);
      if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
      row.show(say("sending", { n: row.percent() }));
      announce(say("started", { name: file.name }));
      upload.start();
    };
    const start = () => {
      row.mend();
      row.show(say("waiting"));
      row.buttons(["cancel", cancel]);
      waiting.push(start);
      start.go = go;
      next();
    };
    start();
    window.addEventListener("online", () => { if (!active && !over && row.item.classList.contains("tone-danger")) start(); });
  };

  const next = () => {
    while (running < AT_ONCE && waiting.length) waiting.shift().go();
  };

  // What was over for good must not be found again by the next choice of the same file.
  const forget = (upload) => {
    upload.findPreviousUploads().then((found) => found.forEach((one) => localStorage.removeItem(one.urlStorageKey))).catch(() => {});
  };

  const ask = async (url) => (await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" })).json();

  const finish = async (upload, row, release) => {
    row.show(say("checking"));
    row.act.replaceChildren();
    try {
      let found = await ask(upload.url);
      if (found.state === "receiving") { // every byte was there, and the answer to the last piece was lost
        const answer = await fetch(upload.url, {
          method: "PATCH",
          headers: { "Tus-Resumable": "1.0.0", "Upload-Offset": String(row.file.size), "Content-Type": "application/offset+octet-stream", "X-CSRFToken": token() },
          body: new Uint8Array(0),
        });
        if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
        found = await ask(upload.url);
      }
      if (found.state !== "complete") {
        room += 1;
        row.fail(found.reason || say("unknown"), ["dismiss", () => row.item.remove()]);
        return;
      }
      store(row, found);
      await renew();
    } catch {
      row.fail(say("serverAway"), ["dismiss", () => row.item.remove()]);
    } finally {
      release();
    }
  };

  const store = (row, found) => {
    row.bar.remove();
    if (found.url) {
      const link = make("a", { class: "file-name", href: found.url }, found.name);
      row.name.replaceWith(link);
    } else {
      row.name.textContent = found.name;
    }
    row.meta.textContent = `${inWords(found.size)} · ${found.checked} · SHA-256 `;
    row.meta.appendChild(make("span", { class: "code", title: found.sha256 }, `${found.sha256.slice(0, 4)}…${found.sha256.slice(-4)}`));
    const button = make("button", { class: "button button-text button-small", name: "remove", value: found.pk, formnovalidate: "" }, say("remove"));
    button.appendChild(make("span", { class: "visually-hidden" }, ` ${found.name}`));
    row.act.replaceChildren(button);
    announce(say("done", { name: found.name }));
  };

  // The checklist and the room that is left come from the server.
  const renew = async () => {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    for (const place of ["aside.sticky", "[data-room]"]) {
      const [old, fresh] = [document.querySelector(place), page.querySelector(place)];
      if (old && fresh) old.replaceWith(document.adoptNode(fresh));
    }
  };

  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // they go their own way: the form must not send them again
    files.forEach(begin);
  });
  for (const kind of ["dragover", "drop"]) {
    drop.addEventListener(kind, (event) => {
      if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
      event.preventDefault();
      if (kind === "drop") [...event.dataTransfer.files].forEach(begin);
    });
  }
  window.addEventListener("beforeunload", (event) => {
    if (running) { event.preventDefault(); event.returnValue = say("leaving"); }
  });
})();
