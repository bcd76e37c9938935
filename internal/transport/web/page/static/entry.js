"use strict";
// Conveniences of every page. Each page works without them: what needs this script is hidden until it runs.
(() => {
  const say = name => document.body.dataset[name];

  // Controls that only a script can serve are shown, in the page and in whatever is loaded later.
  const reveal = root => root.querySelectorAll("[data-show], [data-copy], [data-print]").forEach(button => { button.hidden = false; });

  const show = button => {
    const input = document.getElementById(button.dataset.show);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    input.focus();
  };

  // A key and a list of codes are copied as their text, an input as its value.
  const copied = source => {
    if ("value" in source) return source.value;
    if (source.tagName === "OL") return [...source.children].map(item => item.textContent).join("\n");
    return source.id === "key" ? source.textContent.replace(/\s/g, "") : source.textContent;
  };

  const copy = async button => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(copied(source));
    } catch {
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      return;
    }
    const label = button.lastChild;
    const before = label.textContent;
    if (before === say("copied")) return;
    label.textContent = say("copied");
    setTimeout(() => { label.textContent = before; }, 2000);
  };

  document.addEventListener("click", event => {
    const button = event.target.closest("button, a");
    if (!button) return;
    if (button.dataset.show) show(button);
    else if (button.dataset.copy) copy(button);
    else if ("print" in button.dataset) print();
    else if ("dismiss" in button.dataset) {
      event.preventDefault();
      button.closest(".note").remove();
      document.querySelector("h1").setAttribute("tabindex", "-1");
      document.querySelector("h1").focus();
    }
  });

  // "4 more characters", a second after the last key.
  let counting;
  const count = input => {
    const counter = document.getElementById(input.dataset.counts);
    const typed = [...input.value.normalize("NFC")].length;
    const missing = Number(counter.dataset.min) - typed;
    counter.hidden = typed === 0;
    counter.textContent = missing <= 0 ? counter.dataset.enough
      : missing === 1 ? counter.dataset.one : counter.dataset.many.replace("{n}", missing);
  };
  document.addEventListener("input", event => {
    const input = event.target;
    if (!input.dataset.counts) return;
    clearTimeout(counting);
    counting = setTimeout(() => count(input), 1000);
  });

  // A request that takes longer than a moment shows on its button and on top of the page.
  const wait = form => {
    const button = form.querySelector("[data-pressed]") || form.querySelector("button:not([type=button])");
    const bar = document.createElement("div");
    bar.className = "waiting-bar";
    const begin = setTimeout(() => {
      if (button) button.setAttribute("aria-busy", "true");
      document.body.append(bar);
    }, 300);
    const long = setTimeout(() => {
      const note = document.createElement("p");
      note.className = "hint";
      note.setAttribute("role", "status");
      note.textContent = say("slow");
      form.append(note);
    }, 10000);
    return () => {
      clearTimeout(begin);
      clearTimeout(long);
      bar.remove();
      if (button) button.removeAttribute("aria-busy");
    };
  };
  document.addEventListener("click", event => {
    const button = event.target.closest("form button:not([type=button])");
    if (!button) return;
    button.form.querySelectorAll("[data-pressed]").forEach(other => delete other.dataset.pressed);
    button.dataset.pressed = "";
  });
  const waits = new Set();
  const rest = () => { waits.forEach(end => end()); waits.clear(); };
  document.addEventListener("submit", event => waits.add(wait(event.target)));
  addEventListener("pageshow", rest);
  document.addEventListener("htmx:finally:request", rest);

  // Esc closes an open menu and gives the focus back to its button; a click elsewhere only closes it.
  const menus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    menus().forEach(menu => { menu.open = false; menu.querySelector("summary").focus(); });
  });
  document.addEventListener("click", event => menus().forEach(menu => {
    if (!menu.contains(event.target)) menu.open = false;
  }));

  reveal(document);
  document.addEventListener("htmx:after:swap", () => reveal(document));
  document.querySelector("#problems[autofocus]")?.focus();
})();
