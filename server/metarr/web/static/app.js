// What the pages do besides what htmx does. Everything works without this, too.
"use strict";

const at = (id) => document.getElementById(id);
let saying;

/** Show and announce a text for a while. */
function say(text) {
  clearTimeout(saying);
  at("say").textContent = text;
  saying = setTimeout(() => { at("say").textContent = ""; }, 7000);
}

document.addEventListener("say", (event) => say(event.detail.value));

// A page that looks again by itself does not while nobody sees it, and at once when somebody does.
document.addEventListener("htmx:beforeRequest", (event) => {
  const byItself = event.detail.elt.hasAttribute("data-poll") && !event.detail.requestConfig.triggeringEvent;
  if (byItself && document.hidden) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) htmx.trigger(document.body, "look-again");
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
  const told = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").querySelector("[role=alert] p");
  say(told?.textContent || "That did not work.");
});

// Times in words keep the exact one behind them, as this browser writes it.
function localTimes(root) {
  for (const each of root.querySelectorAll("time[datetime]")) each.title = new Date(each.dateTime).toLocaleString();
}
document.addEventListener("DOMContentLoaded", () => localTimes(document));
document.addEventListener("htmx:load", (event) => localTimes(event.detail.elt));
