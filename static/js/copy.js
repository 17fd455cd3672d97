// <button data-copy="text">: puts the text on the clipboard, and says so to eye and ear.
(() => {
  const said = document.getElementById("said");

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.state = "copied";
    said.textContent = "";
    said.textContent = said.dataset.copied;
  });
})();
