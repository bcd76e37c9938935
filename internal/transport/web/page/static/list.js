"use strict";
// A list: filters, order and pages change the list alone, and an act leaves it where it was.
(() => {
  const said = document.getElementById("list-said");
  if (!said) return;
  const home = new URL(document.getElementById("finder").getAttribute("action"), location.href).pathname;
  let shown = location.href;
  let asked = null;

  const say = text => {
    said.textContent = "";
    setTimeout(() => { said.textContent = text; }, 100);
  };

  // A list that takes longer than a moment shows it.
  const wait = () => {
    const bar = document.createElement("div");
    bar.className = "waiting-bar";
    const begin = setTimeout(() => {
      document.getElementById("list").setAttribute("aria-busy", "true");
      document.body.append(bar);
    }, 300);
    return () => {
      clearTimeout(begin);
      bar.remove();
      document.getElementById("list").removeAttribute("aria-busy");
      document.dispatchEvent(new Event("htmx:finally:request"));
    };
  };

  // What was chosen in the form above the list, as the new address has it; not where somebody goes on typing.
  const fill = (page, typing) => {
    for (const control of document.getElementById("finder").elements) {
      const fresh = control.id && page.getElementById(control.id);
      if (fresh && control !== typing) control.value = fresh.value;
    }
  };

  const swap = (page, typing) => {
    const selected = document.querySelector("input[name=user]:checked")?.id;
    document.querySelectorAll("[data-live]").forEach(old => {
      const fresh = page.getElementById(old.id);
      old.replaceWith(fresh);
      htmx.process(fresh);
    });
    fill(page, typing);
    const again = selected && document.getElementById(selected);
    if (again) again.checked = true;
    name();
  };

  // flash puts what the last act did above the page, in sight wherever the list stands; the status region tells it.
  const flash = page => {
    const fresh = page.querySelector("main > .above");
    const note = fresh.querySelector("[role=status]");
    note?.removeAttribute("role");
    fresh.classList.add("told");
    document.querySelector("main > .above").replaceWith(fresh);
    htmx.process(fresh);
    heights.disconnect();
    heights.observe(fresh);
    return note?.querySelector("p").textContent;
  };
  const heights = new ResizeObserver(([above]) => {
    document.documentElement.style.setProperty("--told", above.target.offsetHeight + "px"); // the toolbar stays below it
  });

  // show asks for the list at an address. A whole page also brings what the last act did.
  const show = async (address, { push = true, whole = false, top = false, focus } = {}) => {
    asked?.abort();
    asked = new AbortController();
    const rest = wait();
    let answer, page;
    try {
      answer = await fetch(address, { headers: whole ? {} : { "HX-Request": "true" }, signal: asked.signal });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch (failure) {
      rest();
      if (failure.name !== "AbortError") location.href = address;
      return;
    }
    rest();
    if (answer.headers.has("HX-Redirect") || !page.getElementById("list")) {
      location.href = answer.headers.get("HX-Redirect") || address;
      return;
    }
    const held = focus || document.activeElement.id;
    swap(page, push && document.activeElement);
    const told = whole && flash(page);
    document.title = page.querySelector(".dialog")?.dataset.title || page.title;
    if (push && new URL(address, shown).href !== shown) history.pushState({ list: true }, "", address);
    shown = location.href;
    const list = document.getElementById("list");
    const place = list.querySelector("[autofocus]") || (top ? list : document.getElementById(held));
    if (top) list.scrollIntoView();
    if (place !== document.activeElement) (place || document.querySelector("h1")).focus({ preventScroll: !list.querySelector("[autofocus]") });
    say(told || list.dataset.said);
  };

  document.addEventListener("click", event => {
    const link = event.target.closest("a[data-list]");
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !plain) return;
    event.preventDefault();
    show(link.href, { top: link.dataset.list === "top" });
  });

  const addressOf = form => {
    const values = new URLSearchParams(new FormData(form));
    for (const [key, value] of [...values]) if (!value.trim()) values.delete(key, value);
    values.sort(); // as the server writes them
    const query = String(values);
    return query ? "?" + query : "";
  };
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.id === "finder") {
      event.preventDefault();
      show(form.getAttribute("action") + addressOf(form));
    }
    if (form.id !== "selected") return;
    event.preventDefault();
    const button = event.submitter || form.querySelector("button");
    const selected = document.querySelector("input[name=user]:checked");
    if (!selected) {
      show(button.getAttribute("formaction") + addressOf(form), { push: false });
      return;
    }
    const values = new URLSearchParams(new FormData(form));
    values.delete("user");
    const query = String(values);
    const address = "/users/" + selected.value + "/" + button.dataset.act + (query ? "?" + query : "");
    button.dispatchEvent(new CustomEvent("portal:open", { bubbles: true, detail: { address } }));
  });

  // The toolbar says on whom it acts.
  const name = () => {
    const picked = document.getElementById("picked");
    const row = document.querySelector("input[name=user]:checked")?.closest("tr");
    if (!picked) return;
    if (!row) {
      picked.replaceChildren();
      return;
    }
    const person = document.createElement("bdi");
    person.textContent = row.querySelector(".who bdi").textContent;
    const [before, after] = picked.dataset.words.split("{name}");
    picked.replaceChildren(before, person, after);
  };
  document.addEventListener("change", event => { if (event.target.name === "user") name(); });
  document.addEventListener("click", event => {
    const row = event.target.closest("#list tbody tr");
    if (row && !event.target.closest("a, button, summary, label, input, details") && getSelection().isCollapsed) row.querySelector("input[name=user]")?.click();
  });

  document.addEventListener("portal:done", event => {
    const { address, opener } = event.detail;
    if (new URL(address, location.href).pathname !== home) return;
    event.preventDefault();
    const here = new URL(address, location.href).href === shown;
    const begin = () => show(address, { push: !here, whole: true, focus: opener });
    if (history.state?.dialog) addEventListener("popstate", begin, { once: true });
    else begin();
  });

  addEventListener("popstate", event => {
    if (!event.state?.dialog && location.href !== shown && location.pathname === home) show(location.href, { push: false });
  });
  addEventListener("pageshow", name);
})();
