// <button data-copy="text" data-copied="Copied">: puts the text on the clipboard and says so.
(() => {
  const said = document.createElement("div");
  said.className = "ds-sr-only";
  said.setAttribute("role", "status");
  document.body.append(said);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    said.textContent = "";
    said.textContent = button.dataset.copied;
    button.setAttribute("data-state", "copied");
  });
})();
