// What happens in the chats on the page: one stream for all phones; each event says in whose chat. The server renders everything.
(() => {
  const TYPING_MS = 5100, DRAFT_MS = 30100, SETTLED_MS = [0, 400, 1500, 4000], POLL_MS = 900, IDLE_POLL_MS = 5000;
  const $ = (selector) => document.querySelector(selector);
  const tell = (name) => document.body.dispatchEvent(new CustomEvent(name));
  const timers = new Map();                       // what is shown for a while and then no more
  const later = (key, ms, chat) => { clearTimeout(timers.get(key)); timers.set(key, setTimeout(show, ms, chat)); };

  const phones = () => [...document.querySelectorAll(".phone")].map((phone) => phone.dataset.person);
  const show = (chat) => { for (const person of chat ? [chat] : phones()) tell(`live:chat-${person}`); };
  let panelTimers = [];
  const lookAgain = () => {                       // the journal is committed a moment before or after the message
    panelTimers.forEach(clearTimeout);
    panelTimers = SETTLED_MS.map((ms) => setTimeout(tell, ms, "live:panel"));
  };
  const changed = ({ chat }) => { show(chat); tell("live:people"); lookAgain(); };
  const heard = Object.fromEntries(["ready", "resync", "message", "edited", "deleted", "pressed", "blocked", "reaction", "played"].map((name) => [name, changed]));
  heard.typing = ({ chat }) => { show(chat); later(`typing-${chat}`, TYPING_MS, chat); };
  heard.draft = ({ chat }) => { show(chat); later(`draft-${chat}`, DRAFT_MS, chat); };
  heard.answer = (data) => { changed(data); if (data.text) data.show_alert ? alertWith(data.text) : toast(data.text); };

  const listen = () => {
    const source = new EventSource(document.body.dataset.events);
    source.onopen = () => { document.documentElement.dataset.live = "on"; };
    source.onerror = () => { document.documentElement.dataset.live = "off"; };
    for (const [name, act] of Object.entries(heard)) source.addEventListener(name, (event) => act(JSON.parse(event.data)));
    addEventListener("pagehide", () => source.close(), { once: true });
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }, { once: true });
  };
  if (document.body.dataset.events) {
    listen();
    let quiet = 0;
    setInterval(() => {
      if (document.hidden) return;
      quiet += POLL_MS;
      if ($("[data-running]") || quiet >= IDLE_POLL_MS) { quiet = 0; tell("live:panel"); }
    }, POLL_MS);
  }

  // ---- notices -----------------------------------------------------------------------------------
  const toast = (text) => {
    const notice = Object.assign(document.createElement("p"), { className: "toast", textContent: text, dir: "auto" });
    $("#toasts").append(notice);
    setTimeout(() => notice.remove(), 4000);
  };
  const alertWith = (text) => { $("#alert p").textContent = text; $("#alert").showModal(); };
  const reason = (text) => { try { return JSON.parse(text).detail; } catch { return ""; } };   // no answer at all has none

  /** Sends what no htmx form does; the page hears of the change by the stream. */
  const send = async (method, url, body) => {
    try {
      const answer = await fetch(url, { method, body });
      if (answer.ok) return answer;
      toast(reason(await answer.text()) || $("#toasts").dataset.lost);
    } catch { toast($("#toasts").dataset.lost); }
    return null;
  };
  window.simulator = { $, toast, alertWith, reason, send };
})();
