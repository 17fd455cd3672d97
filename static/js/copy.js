// <button data-copy="text">: puts the text on the clipboard, and says so to eye and ear. Where the
// browser gives no clipboard (no https, or refused), the text itself is marked for Ctrl+C.
(() => {
  const said = document.getElementById("said");

  function mark(button) {
    const selection = document.getSelection();
    const before = document.createRange();
    before.setStart(button.parentElement, 0);
    before.setEndBefore(button);
    selection.removeAllRanges();
    selection.addRange(before);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      mark(button);
      return;
    }
    button.dataset.state = "copied";
    said.textContent = "";
    said.textContent = said.dataset.copied;
  });
})();
