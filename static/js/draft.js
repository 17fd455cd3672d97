// <form data-draft="address" data-draft-failed="words">: sends what is typed two seconds after the
// last key and shows the answer in [data-draft-state]. Without script the form works as ever.
(() => {
  const PAUSE = 2000;

  function follow(form) {
    const state = form.querySelector("[data-draft-state]");
    let timer;
    let sending;

    async function save() {
      sending?.abort();
      sending = new AbortController();
      try {
        const answer = await fetch(form.dataset.draft, {
          method: "POST", body: new FormData(form), signal: sending.signal,
        });
        if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
        state.innerHTML = await answer.text();
        state.removeAttribute("data-state");
      } catch (error) {
        if (error.name === "AbortError") return;
        state.textContent = form.dataset.draftFailed;
        state.setAttribute("data-state", "failed");
      }
    }

    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      sending?.abort();
    });
  }

  document.querySelectorAll("form[data-draft]").forEach(follow);
})();
