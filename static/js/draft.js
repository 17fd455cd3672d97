// A form may save its draft by htmx into #draft-state. When the server does not answer, or answers
// with anything but the line of state, this says so instead of leaving the old «saved» standing.
(() => {
  const line = document.getElementById("draft-state");
  if (!line) return;

  function failed() {
    line.textContent = document.getElementById("said").dataset.draftFailed;
    line.dataset.state = "failed";
  }

  const isDraft = (context) => context?.target === line || context?.target === "#draft-state";

  document.addEventListener("htmx:before:response", (event) => {
    const context = event.detail.ctx;
    if (!isDraft(context)) return;
    // Signed out: the request was led on to the sign-in page.
    if (context.response.raw.redirected || !context.response.raw.ok) {
      event.preventDefault();
      failed();
    } else {
      delete line.dataset.state;
    }
  });
  document.addEventListener("htmx:response:error", (event) => isDraft(event.detail.ctx) && failed());
  document.addEventListener("htmx:error", (event) => isDraft(event.detail.ctx) && failed());
})();
