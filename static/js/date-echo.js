// Says a typed date back in words under the field: «onsdag 25. november 2026».
// The server reads the date by itself (cases/core/dates.py); this only helps the eye.
(() => {
  // Own words, for Chromium knows no nynorsk and would answer in English.
  const NORWEGIAN_MONTHS = "januar februar mars april mai juni juli august september oktober november desember";
  const LANGUAGES = {
    nb: { days: "søndag mandag tirsdag onsdag torsdag fredag lørdag", months: NORWEGIAN_MONTHS, dot: "." },
    nn: { days: "søndag måndag tysdag onsdag torsdag fredag laurdag", months: NORWEGIAN_MONTHS, dot: "." },
    en: {
      days: "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
      months: "January February March April May June July August September October November December",
      dot: "",
    },
  };
  const words = LANGUAGES[document.documentElement.lang.slice(0, 2)] || LANGUAGES.nb;

  function inWords(date) {
    const weekday = words.days.split(" ")[date.getUTCDay()];
    const month = words.months.split(" ")[date.getUTCMonth()];
    return `${weekday} ${date.getUTCDate()}${words.dot} ${month} ${date.getUTCFullYear()}`;
  }

  // The same year as the server means: up to ten years ahead, else in the past.
  function fullYear(text) {
    const now = new Date().getFullYear();
    if (!text) return now;
    if (text.length === 4) return Number(text);
    const latest = now + 10;
    return latest - ((latest - Number(text)) % 100);
  }

  function read(text) {
    const digits = text.trim();
    const match =
      digits.match(/^(?<day>\d{1,2})[./\- ] ?(?<month>\d{1,2})(?:[./\- ] ?(?<year>\d{4}|\d{2}))?\.?$/) ||
      digits.match(/^(?<day>\d{2})(?<month>\d{2})(?<year>\d{4}|\d{2})$/) ||
      digits.match(/^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/);
    if (!match) return null;
    const year = fullYear(match.groups.year);
    const month = Number(match.groups.month);
    const date = new Date(Date.UTC(year, month - 1, Number(match.groups.day)));
    return year >= 1900 && year <= 2200 && date.getUTCMonth() === month - 1 ? date : null;
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
    const text = date ? inWords(date) : "";
    const line = lineFor(input);
    if (line.textContent !== text) line.textContent = text;
  }

  // Said once the typing rests, so that a screen reader does not read every half-typed date.
  let pause = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-date-echo]")) return;
    clearTimeout(pause);
    pause = setTimeout(() => echo(event.target), 300);
  });
  document.querySelectorAll("[data-date-echo]").forEach(echo);
})();
