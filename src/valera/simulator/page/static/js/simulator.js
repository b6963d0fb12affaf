// One delegated listener per behaviour; the server renders everything, this only carries events.
(() => {
  const $ = (selector) => document.querySelector(selector);
  const tell = (name) => document.body.dispatchEvent(new CustomEvent(name));

  // ---- what happens in the chat ------------------------------------------------------------------
  const TYPING_MS = 5100, SETTLED_MS = [0, 400, 1500, 4000], POLL_MS = 900, IDLE_POLL_MS = 5000;
  let panelTimers = [], typingTimer;
  const lookAgain = () => {                       // the journal is committed a moment before or after the message
    panelTimers.forEach(clearTimeout);
    panelTimers = SETTLED_MS.map((ms) => setTimeout(tell, ms, "live:panel"));
  };
  const chatChanged = () => { tell("live:chat"); lookAgain(); };
  const heard = {
    ready: chatChanged, resync: chatChanged, message: chatChanged, edited: chatChanged, deleted: chatChanged, pressed: chatChanged, blocked: chatChanged,
    typing: () => { tell("live:chat"); clearTimeout(typingTimer); typingTimer = setTimeout(tell, TYPING_MS, "live:chat"); },
    answer: (data) => { chatChanged(); if (data.text) data.show_alert ? alertWith(data.text) : toast(data.text); },
  };
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

  // ---- scrolling: follow only a reader who is at the end -------------------------------------------
  const stream = $("#stream"), jump = $(".jump");
  if (stream) {
    let follows = true;
    const atEnd = () => stream.scrollHeight - stream.scrollTop - stream.clientHeight < 80;
    const toEnd = () => { stream.scrollTop = stream.scrollHeight; };
    const settle = () => { if (follows) toEnd(); jump.hidden = follows; };
    stream.addEventListener("scroll", () => { follows = atEnd(); jump.hidden = follows; }, { passive: true });
    new MutationObserver(settle).observe(stream, { childList: true, subtree: true });
    new ResizeObserver(settle).observe(stream);
    jump.addEventListener("click", () => { follows = true; stream.scrollTo({ top: stream.scrollHeight, behavior: "smooth" }); });
    document.fonts.ready.then(settle);
    settle();
  }

  // ---- writing -----------------------------------------------------------------------------------
  const finger = matchMedia("(pointer: coarse)");
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest(".composer textarea");
    if (!field || event.key !== "Enter" || event.shiftKey || event.isComposing || finger.matches) return;
    event.preventDefault();
    if (field.value.trim()) field.form.requestSubmit();
  });
  document.addEventListener("htmx:before:request", (event) => {      // the text is on its way: a second Enter must not repeat it
    const field = event.target.querySelector?.(".composer textarea") ?? event.target.closest?.(".composer")?.querySelector("textarea");
    if (field && event.target.matches(".composer")) { field.dataset.sent = field.value; field.value = ""; }
  });
  const failed = (event) => {
    const form = event.target.closest?.(".composer"), field = form?.querySelector("textarea");
    if (field && !field.value) field.value = field.dataset.sent ?? "";
    let reason = "";
    try { reason = JSON.parse(event.detail.ctx.text).detail; } catch { /* no answer at all */ }
    if (form || reason) toast(reason || document.querySelector('[data-when="off"]').textContent);
  };
  document.addEventListener("htmx:response:error", failed);
  document.addEventListener("htmx:error", failed);
  document.addEventListener("click", (event) => {
    const said = event.target.closest("[data-say]");
    if (said) { const field = $("#text"); field.value = said.dataset.say; field.form.requestSubmit(); }
    if (event.target.closest("[data-theme-switch]")) switchTheme();
  });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-submit]")) event.target.form.requestSubmit(); });

  // ---- theme -------------------------------------------------------------------------------------
  const switchTheme = () => {
    const root = document.documentElement;
    const now = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  };
})();
