// Says a typed date back in words under the field: «onsdag 25. november 2026».
// The server reads the date by itself (cases/core/dates.py); this only helps the eye.
(() => {
  const language = document.documentElement.lang || "nb";
  const words = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
  });

  function read(text) {
    const digits = text.trim();
    const match =
      digits.match(/^(?<day>\d{1,2})[./\- ] ?(?<month>\d{1,2})[./\- ] ?(?<year>\d{4}|\d{2})\.?$/) ||
      digits.match(/^(?<day>\d{2})(?<month>\d{2})(?<year>\d{4}|\d{2})$/) ||
      digits.match(/^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/);
    if (!match) return null;
    const month = Number(match.groups.month);
    const now = new Date().getFullYear();
    let year = Number(match.groups.year);
    if (match.groups.year.length === 2) {
      year += now - (now % 100);
      if (year > now + 10) year -= 100;
    }
    const date = new Date(Date.UTC(year, month - 1, Number(match.groups.day)));
    return date.getUTCMonth() === month - 1 ? date : null;
  }

  function lineFor(input) {
    const id = `${input.id}_echo`;
    let line = document.getElementById(id);
    if (!line) {
      line = document.createElement("p");
      line.id = id;
      line.className = "date-echo";
      line.setAttribute("aria-live", "polite");
      input.after(line);
    }
    return line;
  }

  function echo(input) {
    const date = read(input.value);
    const text = date ? words.format(date) : "";
    const line = lineFor(input);
    if (line.textContent !== text) line.textContent = text;
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-date-echo]")) echo(event.target);
  });
  document.querySelectorAll("[data-date-echo]").forEach(echo);
})();
