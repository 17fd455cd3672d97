// <div data-show-when="outcome=deceased|moved">: hidden until one of these is chosen. Nothing is
// disabled or emptied: the server decides what counts. What holds an error always shows.
(() => {
  const FAULT = '[aria-invalid="true"], [data-field="validation"]';

  function chosen(form, name) {
    const control = form.elements.namedItem(name);
    if (control?.type === "checkbox") return control.checked ? control.value : "";
    return control?.value ?? "";
  }

  function follow(block) {
    const form = block.closest("form");
    if (!form) return;
    const [name, values] = block.dataset.showWhen.split("=");
    const fits = values.split("|").includes(chosen(form, name));
    block.hidden = !fits && !block.querySelector(FAULT);
  }

  function followAll(root) {
    root.querySelectorAll("[data-show-when]").forEach(follow);
  }

  document.addEventListener("change", (event) => {
    if (event.target.form) followAll(event.target.form);
  });
  // After the browser has put back what was chosen before, and after a part was exchanged.
  window.addEventListener("pageshow", () => followAll(document));
  document.addEventListener("htmx:after:swap", () => followAll(document));
  followAll(document);
})();
