// Hash a file here, in the browser, and fill in its SHA-256. The file is sent nowhere.
(() => {
  const place = document.querySelector("[data-hash-place]");
  const field = document.querySelector("#id_sha256");
  if (!place || !field || !window.crypto?.subtle) return;
  const input = place.querySelector("input[type=file]");
  const said = place.querySelector("[role=status]");
  place.hidden = false;
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    said.textContent = place.dataset.working;
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      field.value = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      said.textContent = place.dataset.done;
    } catch {
      said.textContent = place.dataset.failed;
    }
  });
})();
