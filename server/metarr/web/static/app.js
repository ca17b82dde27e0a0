// What the pages do besides what htmx does. Everything works without this, too.
"use strict";

const at = (id) => document.getElementById(id);
let saying;

/** Show and announce a text for a while. */
function say(text) {
  clearTimeout(saying);
  if (dialog()?.open) dialog().append(at("say")); // what is outside of it is neither seen nor read out
  at("say").textContent = text;
  saying = setTimeout(() => { at("say").textContent = ""; }, 7000);
}

document.addEventListener("say", (event) => say(event.detail.value));
document.addEventListener("read", (event) => { at("read").textContent = event.detail.value; });

// A page that looks again by itself does not while nobody sees it, and at once when somebody does.
document.addEventListener("htmx:beforeRequest", (event) => {
  const byItself = event.detail.elt.hasAttribute("data-poll") && !event.detail.requestConfig.triggeringEvent;
  if (byItself && document.hidden) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) htmx.trigger(document.body, "look-again");
});

// What is being pressed is not taken away before it is let go: it would not be clicked.
let pressed = false;
const press = { pointerdown: true, pointerup: false, pointercancel: false, keydown: true, keyup: false, blur: false };
for (const [name, is] of Object.entries(press)) addEventListener(name, () => { pressed = is; });
document.addEventListener("htmx:beforeSwap", (event) => {
  if (pressed && event.detail.requestConfig.elt.hasAttribute("data-poll")) event.detail.shouldSwap = false;
});

// The daemon is gone: said once, and it is tried again until it is back.
let trying;
document.addEventListener("htmx:sendError", () => {
  at("lost").hidden = false;
  trying ??= setInterval(async () => {
    const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    trying = clearInterval(trying);
    at("lost").hidden = true;
    htmx.trigger(document.body, "look-again");
  }, 3000);
});
document.addEventListener("htmx:timeout", () => say("Metarr took too long to answer. Look again whether it was done."));
document.addEventListener("htmx:responseError", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Trigger")) say("That did not work."); // else it says so itself
});

// Times in words keep the exact one behind them, as this browser writes it.
function localTimes(root) {
  for (const each of root.querySelectorAll("time[datetime]")) each.title = new Date(each.dateTime).toLocaleString();
}
document.addEventListener("DOMContentLoaded", () => localTimes(document));
document.addEventListener("htmx:load", (event) => localTimes(event.detail.elt));

// What a search says nothing of has no place in its address.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.hasAttribute("data-tidy")) return;
  for (const [name, value] of [...event.detail.formData]) if (!value) event.detail.formData.delete(name);
});

// Lists whose order is dragged. A new part of a page may hold one.
function sortable(root) {
  for (const list of root.querySelectorAll("[data-sortable]")) {
    if (!window.Sortable || Sortable.get(list)) continue;
    Sortable.create(list, {
      handle: ".grip",
      animation: 120,
      onEnd: (event) => {
        if (event.oldIndex === event.newIndex) return;
        mark(list);
        htmx.trigger(list.closest("form"), "sorted");
      },
    });
  }
}
document.addEventListener("DOMContentLoaded", () => sortable(document));
document.addEventListener("htmx:load", (event) => sortable(event.detail.elt.parentElement ?? document));

// What is at its end already: it keeps the focus, but does nothing.
document.addEventListener("click", (event) => {
  if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
}, true);

// In a form that is saved later a list is moved at once; without scripts the daemon does it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-guard] button[name=move]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li");
  if (button.value.endsWith(":up")) row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  button.focus();
  mark(row);
  say(`Now number ${[...row.parentElement.children].indexOf(row) + 1} of ${row.parentElement.children.length}.`);
});

// A dialog shows what would be a page of its own.
const dialog = () => at("dialog");
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === dialog() && !dialog().open) dialog().showModal();
});
document.addEventListener("click", (event) => {
  if (!dialog()?.open) return;
  if (event.target === dialog() || event.target.closest("[data-close]")) {
    event.preventDefault();
    leave();
  }
});
document.addEventListener("cancel", (event) => {
  if (event.target === dialog()) { event.preventDefault(); leave(); }
}, true);
document.addEventListener("close", () => document.body.append(at("say")), true);
function leave() {
  if (unsaved(dialog()).length && !confirm(LEAVE)) return;
  unmark(dialog());
  dialog().close();
}

// What was typed and is not saved is not lost by accident.
const LEAVE = "Leave without saving what you typed?";
const unsaved = (root) => [...root.querySelectorAll("[data-unsaved]")];
const unmark = (root) => unsaved(root).forEach((form) => delete form.dataset.unsaved);
function mark(element) {
  const form = element.closest("[data-guard]");
  if (form) form.dataset.unsaved = "";
}
document.addEventListener("input", (event) => {
  mark(event.target);
  event.target.removeAttribute("aria-invalid"); // what was wrong is said until it is typed anew
  event.target.closest(".field")?.querySelector(".wrong")?.remove();
});
const others = (target, element) => unsaved(target).some((form) => !form.contains(element));
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!others(event.detail.target, event.detail.elt)) return;
  if (confirm(LEAVE)) unmark(event.detail.target);
  else event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!others(event.detail.target, event.detail.requestConfig.elt)) return;
  event.detail.shouldSwap = false; // it was typed since that was asked
  say("That is done, and what you typed is still here. Save it, then load the page again.");
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Redirect")) unmark(document);
});
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) delete event.target.dataset.unsaved; // it is sent; htmx sends it itself
});
addEventListener("beforeunload", (event) => { if (unsaved(document).length) event.preventDefault(); });

// A form that comes back with what was typed, for something is wrong with it, is still not saved.
let sent = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  sent = unsaved(event.detail.target).map((form) => form.action);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const form of document.querySelectorAll("[data-guard]")) if (sent.includes(form.action)) mark(form);
  sent = [];
});

// No answer ever holds a secret, so one that was typed is put back into a form that comes back.
let typed = new Map();
document.addEventListener("htmx:beforeSwap", (event) => {
  typed = new Map([...event.detail.target.querySelectorAll("input[type=password]")].map((each) => [each.id, each.value]));
});
document.addEventListener("htmx:afterSwap", () => {
  for (const [id, value] of typed) if (value && at(id)) at(id).value = value;
  typed.clear();
});
document.addEventListener("htmx:afterSettle", () => {
  document.querySelector("dialog [aria-invalid=true], main [data-guard] [aria-invalid=true]")?.focus();
});
