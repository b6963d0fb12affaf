// Single keys of the inbox: none while somebody writes, and all of them can be turned off.
{
  const $ = (selector) => document.querySelector(selector), KEY = "inbox-keys";
  const isOn = () => { try { return localStorage.getItem(KEY) !== "off"; } catch { return true; } };
  const move = (by) => {
    const rows = [...document.querySelectorAll("a.chat")], at = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[at < 0 ? 0 : at + by];
    next?.click(); next?.scrollIntoView({ block: "nearest" });
  };
  const KEYS = {
    j: () => move(1), k: () => move(-1), arrowdown: () => move(1), arrowup: () => move(-1),
    r: () => $("#composer-text")?.focus(), n: () => $("[data-note-mode]")?.click(), t: () => $("#acting-take")?.click(),
    e: () => $("#acting-close")?.requestSubmit(), u: () => $("#acting-unread")?.requestSubmit(), "?": () => $("#acting-keys")?.showModal(),
    escape: () => $(".back")?.getClientRects().length && $(".back").click(),
  };
  // by the key's place too: on a Russian keyboard J is О
  const named = (event) => event.key === "?" || event.key.length > 1 ? event.key.toLowerCase() : /^Key[A-Z]$/.test(event.code) ? event.code[3].toLowerCase() : event.key;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || $("dialog[open]")) return;
    const name = named(event), isArrow = name.startsWith("arrow");
    if (event.target.closest("input, textarea, select, [contenteditable]")) { if (name === "escape") event.target.blur(); return; }
    if (!isOn() || !KEYS[name] || (isArrow && !event.target.closest("a.chat, body > *:not(main)") && event.target !== document.body)) return;
    event.preventDefault(); KEYS[name]();
  });
  document.addEventListener("change", ({ target }) => { if (target.id === "acting-keys-on") { try { localStorage.setItem(KEY, target.checked ? "on" : "off"); } catch { /* no storage */ } } });
  document.addEventListener("toggle", ({ target }) => { if (target.id === "acting-keys") $("#acting-keys-on").checked = isOn(); }, true);
}
