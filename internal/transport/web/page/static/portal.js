"use strict";
// Windows: a link that names one loads its page as a fragment into the one dialog. The address follows, so that
// Back and Esc close it and a reload shows the page.
(() => {
  const dialog = document.getElementById("dialog");
  const body = document.getElementById("dialog-body");
  if (!dialog) return;
  let title = "";
  let opener = null;

  const focusFirst = () => {
    const first = body.querySelector("#problems") || body.querySelector("[autofocus]") ||
      body.querySelector("input:not([type=hidden]), select, textarea") || body.querySelector("h2");
    first.focus();
  };

  // What opens a window, in the page or in the window itself: a link, or a button whose form chose the address.
  const open = (source, address, event) => {
    event.preventDefault();
    if (!dialog.open) opener = source.closest("details.menu")?.querySelector("summary") || source;
    htmx.ajax("GET", address, { source, target: "#dialog-body" });
  };
  document.addEventListener("click", event => {
    const link = event.target.closest("a[aria-haspopup=dialog]");
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (link && plain) open(link, link.href, event);
  });
  document.addEventListener("portal:open", event => open(event.target, event.detail.address, event));

  document.addEventListener("htmx:after:swap", event => {
    const ctx = event.detail.ctx;
    if (ctx.target !== body) return;
    const address = ctx.request.action;
    if (!dialog.open) {
      document.querySelectorAll("details.menu[open]").forEach(menu => { menu.open = false; });
      title = document.title;
      dialog.showModal();
      history.pushState({ dialog: true }, "", address);
    } else if (new URL(address, location.href).href !== location.href) {
      history.replaceState({ dialog: true }, "", address);
    }
    document.title = body.firstElementChild.dataset.title;
    focusFirst();
  });

  // An act that is done leads to a page. The list of users takes it up where it stands; any other page is loaded.
  document.addEventListener("htmx:before:response", event => {
    const address = event.detail.ctx.response.headers.get("HX-Redirect");
    if (!address) return;
    const done = new CustomEvent("portal:done", { detail: { address, opener: opener?.id }, cancelable: true });
    if (document.dispatchEvent(done)) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
  });

  // Something that is no fragment, or no answer at all: the browser shows the page itself.
  document.addEventListener("htmx:error", event => {
    const ctx = event.detail.ctx;
    if (ctx?.request.method === "GET") location.href = ctx.request.action;
  });

  document.addEventListener("click", event => {
    if (!dialog.open || !event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });

  const back = () => (opener?.isConnected ? opener : document.querySelector("h1")).focus();
  dialog.addEventListener("close", () => {
    body.replaceChildren();
    document.title = title;
    if (history.state?.dialog) history.back();
    back();
  });
  addEventListener("popstate", event => {
    if (event.state?.dialog) location.reload();
    else if (dialog.open) dialog.close();
  });
})();
