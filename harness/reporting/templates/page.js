"use strict";
(() => {
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/\s+/g, " ").toLowerCase();
  const forms = new Map([...document.querySelectorAll("form[data-controls]")].map((form) => [form.dataset.controls, form]));

  const told = (number) => number.toLocaleString(document.documentElement.lang);
  const weight = (item) => Number(item.dataset.count || 1);

  function apply(form) {
    const section = form.dataset.controls;
    const wanted = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    const text = plain(wanted.text || "");
    let shown = 0;
    let total = 0;
    for (const item of document.querySelectorAll(`[data-item="${section}"]`)) {
      const kept =
        Object.entries(wanted).every(([name, value]) => name === "text" || item.dataset[name].split("\n").includes(value)) &&
        (!text || plain(item.textContent).includes(text));
      item.hidden = !kept;
      total += weight(item);
      if (kept) shown += weight(item);
    }
    const active = Object.keys(wanted).length > 0;
    for (const group of document.querySelectorAll(`section[data-group="${section}"]`)) {
      group.hidden = active && !group.querySelector(`[data-item="${section}"]:not([hidden])`);
    }
    form.querySelector("output").textContent = form.dataset.label.replace("{shown}", told(shown)).replace("{total}", told(total));
    return wanted;
  }

  function remember(form, wanted) {
    const query = new URLSearchParams(wanted).toString();
    history.replaceState(null, "", `#${form.dataset.controls}${query ? `?${query}` : ""}`);
  }

  function clear(form) {
    for (const field of form.querySelectorAll("select, input")) field.value = "";
  }

  function choose(section, query) {
    const form = forms.get(section);
    if (!form) return;
    clear(form);
    for (const [name, value] of new URLSearchParams(query)) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
    apply(form);
    form.scrollIntoView();
    form.querySelector("select").focus({ preventScroll: true }); // what it shows is next for the keyboard too
  }

  function reveal(id) {
    const target = document.getElementById(id);
    if (!target) return;
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
      if (node.dataset.item && node.hidden) {
        const form = forms.get(node.dataset.item);
        clear(form);
        apply(form);
      }
    }
    target.scrollIntoView();
  }

  function follow() {
    const [section, query] = location.hash.slice(1).split("?");
    if (query !== undefined) choose(section, query);
    else if (section) reveal(section);
  }

  for (const form of forms.values()) {
    form.hidden = false;
    form.addEventListener("input", () => remember(form, apply(form)));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => remember(form, apply(form))));
    apply(form);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-filter]");
    if (!link) return;
    event.preventDefault();
    location.hash = `${link.getAttribute("href")}?${link.dataset.filter}`;
  });
  addEventListener("hashchange", follow);
  follow();

  // What scrolls sideways can be reached with the keyboard; what does not is no stop on the way.
  function letScroll() {
    for (const box of document.querySelectorAll(".scroll, .excerpt pre, .body, .command")) {
      if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }
  letScroll();
  addEventListener("resize", letScroll);
  document.addEventListener("toggle", letScroll, true);

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open], [data-unprinted])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });
})();
