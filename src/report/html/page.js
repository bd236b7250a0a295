"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector) => Array.from(document.querySelectorAll(selector));

  const theme = document.getElementById("theme");
  if (theme) {
    const isDark = () =>
      root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const label = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
    theme.hidden = false;
    theme.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      label();
    });
    label();
  }

  const search = document.getElementById("search");
  if (!search) return;
  const cards = all(".finding").map((card) => ({
    card,
    text: card.textContent.toLowerCase(),
    severity: card.dataset.severity,
    states: card.dataset.states.split(" "),
  }));
  const chips = all(".chip");
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");

  const pressed = (kind) =>
    chips.filter((c) => c.dataset[kind] && c.getAttribute("aria-pressed") === "true").map((c) => c.dataset[kind]);

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = pressed("severity");
    const states = pressed("state");
    let count = 0;
    for (const { card, text, severity, states: own } of cards) {
      const fits =
        words.every((word) => text.includes(word)) &&
        (severities.length === 0 || severities.includes(severity)) &&
        states.every((state) => own.includes(state));
      card.hidden = !fits;
      if (fits) count += 1;
    }
    shown.textContent = count === cards.length ? `${count} findings` : `${count} of ${cards.length} findings`;
    if (cards.length === 1) shown.textContent = count === 1 ? "1 finding" : "0 of 1 finding";
    none.style.display = count === 0 ? "block" : "none";
  };

  search.addEventListener("input", apply);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  }
  const unfold = document.getElementById("unfold");
  unfold.addEventListener("click", () => {
    const visible = cards.filter((c) => !c.card.hidden);
    const open = visible.some((c) => !c.card.open);
    for (const { card } of visible) card.open = open;
    unfold.textContent = open ? "Fold all" : "Unfold all";
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = document.activeElement === search;
    if (event.key === "Escape" && typing) {
      search.value = "";
      apply();
      search.blur();
    } else if (event.key === "/" && !typing) {
      event.preventDefault();
      search.focus();
    } else if ((event.key === "j" || event.key === "k") && !typing) {
      const visible = cards.filter((c) => !c.card.hidden).map((c) => c.card.querySelector("summary"));
      const at = visible.indexOf(document.activeElement);
      const next = event.key === "j" ? at + 1 : Math.max(at - 1, 0);
      visible[Math.min(next, visible.length - 1)]?.focus();
    }
  });
  addEventListener("beforeprint", () => { for (const { card } of cards) card.open = true; });
  apply();
})();
