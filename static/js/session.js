// How long the session lasts is decided by the server; this warns three minutes before the end.
// A key press or a click, anywhere on the page, tells the server that somebody is there (at most
// every two minutes). At the end a form that was being filled in is sent to be kept, and the page
// gives way to the sign-in. Without script the next click meets the sign-in instead.
(() => {
  const dialog = document.getElementById("session-warning");
  if (!dialog) return;
  const WARN_MS = 180_000;
  const TELL_EVERY_MS = 120_000;
  const LOOK_EVERY_MS = 5_000;
  const form = document.getElementById("session-over");
  let endsAt = Date.now() + Number(dialog.dataset.seconds) * 1000;
  let extendable = "extends" in dialog.dataset;
  let toldAt = Date.now();
  let touchedAt = 0;
  let filledIn = null;
  let asked = false;
  let dismissed = false;
  let ended = false;

  function show(when) {
    dialog.querySelectorAll("[data-when]").forEach((part) => (part.hidden = part.dataset.when !== when));
  }

  async function ask(method) {
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    if (method === "POST") headers["X-Person"] = "1";
    try {
      const answer = await fetch(dialog.dataset.address, { method, headers, redirect: "error" });
      const state = await answer.json();
      endsAt = Date.now() + state.seconds * 1000;
      extendable = state.extends;
    } catch {
      // No answer, or signed out elsewhere: the clock of this page goes on.
    }
    if (endsAt - Date.now() > WARN_MS && dialog.open) dialog.close();
  }

  function somebodyIsThere() {
    touchedAt = Date.now();
    if (dialog.open && !extendable) return;
    if (!dialog.open && Date.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = Date.now();
    ask("POST");
  }

  // Once: a slow answer lets two looks come here, and the second post would find nobody signed in
  // and lead to the page anew, away from what was kept.
  function end() {
    if (ended) return;
    ended = true;
    form.elements.next.value = location.pathname + location.search;
    const lasting = filledIn?.isConnected && !filledIn.querySelector("[type=password]") ? filledIn : form;
    if (lasting !== form) {
      const mark = document.createElement("input");
      Object.assign(mark, { type: "hidden", name: "_session_over", value: "1" });
      lasting.append(mark);
    }
    HTMLFormElement.prototype.submit.call(lasting);
  }

  async function look() {
    if (endsAt - Date.now() > WARN_MS) {
      asked = dismissed = false;
      return;
    }
    // Another window may have moved the end: ask once before warning, and once more at the end.
    if (!asked) {
      asked = true;
      await ask("GET");
    } else if (endsAt <= Date.now()) {
      await ask("GET");
      if (endsAt <= Date.now()) return end();
    }
    if (endsAt - Date.now() <= WARN_MS && !dialog.open && !dismissed) {
      show(extendable ? "idle" : "absolute");
      dialog.showModal();
    }
  }

  document.addEventListener("keydown", somebodyIsThere);
  document.addEventListener("pointerdown", somebodyIsThere);
  document.addEventListener("input", (event) => {
    const typedInto = event.target.closest?.("main form[method=post]");
    if (typedInto) filledIn = typedInto;
  });
  dialog.addEventListener("click", (event) => event.target.closest("button") && dialog.close());
  dialog.addEventListener("close", () => (dismissed = true));
  // What htmx sends after a key or a click says so; what it sends by itself does not.
  document.addEventListener("htmx:config:request", (event) => {
    if (Date.now() - touchedAt < 60_000) event.detail.ctx.request.headers["X-Person"] = "1";
  });
  // Back to a page from before the sign-out: ask the server for it again.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  setInterval(look, LOOK_EVERY_MS);
})();
