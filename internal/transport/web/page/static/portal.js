"use strict";
// Windows: a link that names one loads its page as a fragment into the one dialog. The address follows, so that
// Back and Esc close it and a reload shows the page.
(() => {
  const dialog = document.getElementById("dialog");
  const body = document.getElementById("dialog-body");
  if (!dialog) return;
  const home = { address: location.href, title: document.title };
  let opener = null;

  const focusFirst = () => {
    const first = body.querySelector("#problems") || body.querySelector("[autofocus]") ||
      body.querySelector("input:not([type=hidden]), select, textarea") || body.querySelector("h2");
    first.focus();
  };

  document.addEventListener("htmx:before:request", event => {
    const source = event.detail.ctx.sourceElement;
    if (source.matches("a") && !dialog.open) opener = source.closest("details.menu")?.querySelector("summary") || source;
  });

  document.addEventListener("htmx:after:swap", event => {
    const ctx = event.detail.ctx;
    if (ctx.target !== body) return;
    const address = ctx.request.action;
    if (!dialog.open) {
      document.querySelectorAll("details.menu[open]").forEach(menu => { menu.open = false; });
      dialog.showModal();
      history.pushState({ dialog: true }, "", address);
    } else if (new URL(address, location.href).href !== location.href) {
      history.replaceState({ dialog: true }, "", address);
    }
    document.title = body.firstElementChild.dataset.title;
    focusFirst();
  });

  // Something that is no fragment, or no answer at all: the browser shows the page itself.
  document.addEventListener("htmx:error", event => {
    const source = event.detail.ctx.sourceElement;
    if (source.matches("a")) location.href = source.href;
  });

  document.addEventListener("click", event => {
    if (!dialog.open || !event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });

  const back = () => (opener && opener.isConnected ? opener : document.querySelector("h1")).focus();
  dialog.addEventListener("close", () => {
    body.replaceChildren();
    document.title = home.title;
    if (history.state?.dialog) history.back();
    back();
  });
  addEventListener("popstate", event => {
    if (event.state?.dialog) location.reload();
    else if (dialog.open) dialog.close();
  });
})();
