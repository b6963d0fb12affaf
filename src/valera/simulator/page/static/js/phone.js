// Writing, the menus of a phone, scrolling. One delegated listener per behaviour.
(() => {
  const { $, toast, alertWith, reason, send } = window.simulator;
  const part = (phone, name, rest = "") => { const [path, query] = phone.dataset[name].split("?"); return `${path}${rest}?${query}`; };

  // ---- scrolling: follow only a reader who is at the end -------------------------------------------
  for (const phone of document.querySelectorAll(".phone")) {
    const stream = phone.querySelector(".stream"), jump = phone.querySelector(".jump");
    let follows = true;
    const atEnd = () => stream.scrollHeight - stream.scrollTop - stream.clientHeight < 80;
    const settle = () => { if (follows) stream.scrollTop = stream.scrollHeight; jump.hidden = follows; };
    stream.addEventListener("scroll", () => { follows = atEnd(); jump.hidden = follows; }, { passive: true });
    stream.addEventListener("load", settle, true);                  // a photo has arrived and takes its place
    new MutationObserver(settle).observe(stream, { childList: true, subtree: true });
    new ResizeObserver(settle).observe(stream);
    jump.addEventListener("click", () => { follows = true; stream.scrollTo({ top: stream.scrollHeight, behavior: "smooth" }); });
    document.fonts.ready.then(settle);
    settle();
  }

  // ---- writing -----------------------------------------------------------------------------------
  const finger = matchMedia("(pointer: coarse)");
  const composerOf = (element) => element.closest(".phone").querySelector(".composer");
  const forget = (form) => { form.elements.reply_to.value = form.elements.edits.value = "0"; form.querySelector(".about").hidden = true; };
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest(".composer textarea");
    if (!field || event.key !== "Enter" || event.shiftKey || event.isComposing || finger.matches) return;
    event.preventDefault();
    if (field.value.trim()) field.form.requestSubmit();
  });
  document.addEventListener("htmx:before:request", (event) => {      // the text is on its way: a second Enter must not repeat it
    const form = event.target.closest?.(".composer");
    if (!form || event.target !== form) return;
    const field = form.querySelector("textarea");
    field.dataset.sent = field.value;
    field.value = "";
    if (form.elements.reply_to) forget(form);
  });
  const failed = (event) => {
    const form = event.target.closest?.(".composer"), field = form?.querySelector("textarea");
    if (field && !field.value) field.value = field.dataset.sent ?? "";
    const said = reason(event.detail.ctx?.text);
    if (form || said) toast(said || $("#toasts").dataset.lost);
  };
  document.addEventListener("htmx:response:error", failed);
  document.addEventListener("htmx:error", failed);

  // ---- a message's menu ----------------------------------------------------------------------------
  const menu = $("#message-menu");
  let chosen;
  const openMenu = (message, button) => {
    chosen = message;
    menu.querySelector('[data-act="edit"]').hidden = !("editable" in message.dataset);
    menu.showPopover();
    const at = button.getBoundingClientRect(), size = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(at.bottom + 4, innerHeight - size.height - 8))}px`;
  };
  const plain = (message) => message.querySelector(".text").textContent.trim();
  const acts = {
    reply: (message, form) => speakOf(message, form, "reply", "reply_to"),
    edit: (message, form) => { speakOf(message, form, "edit", "edits"); form.elements.text.value = plain(message); },
    delete: (message) => send("DELETE", part(message.closest(".phone"), "messages", `/${message.dataset.message}`)),
  };
  const speakOf = (message, form, kind, field) => {
    forget(form);
    form.elements[field].value = message.dataset.message;
    const about = form.querySelector(".about");
    for (const title of about.querySelectorAll("[data-is]")) title.hidden = title.dataset.is !== kind;
    about.querySelector("bdi").textContent = plain(message).slice(0, 80);
    about.hidden = false;
    form.elements.text.focus();
  };

  // ---- what is attached: the text that was typed becomes the caption ----------------------------------
  const attach = async (phone, what, files = []) => {
    const form = composerOf(phone.firstElementChild), body = new FormData();
    const captioned = !["sticker", "video_note", "location", "contact", "foreign_contact"].includes(what);
    body.set("what", what);
    body.set("reply_to", form.elements.reply_to.value);
    if (captioned) body.set("text", form.elements.text.value);
    for (const file of files) body.append("file", file);
    if (await send("POST", phone.dataset.media, body)) { if (captioned) form.elements.text.value = ""; forget(form); }
  };
  const placeAbove = (popover) => {                                    // over the text field of its own phone
    const phone = popover.closest(".phone").getBoundingClientRect();
    const from = popover.hasAttribute("data-drops") ? "top" : "bottom";
    const edge = popover.closest(".phone").querySelector(from === "top" ? ".bar" : ".foot").getBoundingClientRect();
    popover.style.left = `${phone.left + 8}px`;
    popover.style.maxWidth = `${phone.width - 16}px`;
    popover.style[from] = from === "top" ? `${edge.bottom + 4}px` : `${innerHeight - edge.top + 4}px`;
  };
  document.addEventListener("beforetoggle", (event) => {
    if (event.newState === "open" && event.target.closest(".phone")) placeAbove(event.target);
  }, true);

  document.addEventListener("click", async (event) => {
    const on = (selector) => event.target.closest(selector);
    const said = on("[data-say]"), more = on("[data-more]"), act = on("[data-act]"), attached = on("[data-attach]"), revoke = on("[data-revoke]");
    if (said) { const { text } = composerOf(said).elements; text.value = said.dataset.say; text.form.requestSubmit(); said.closest("[popover]")?.hidePopover(); }
    if (more) openMenu(more.closest(".msg"), more);
    if (act) { menu.hidePopover(); acts[act.dataset.act](chosen, composerOf(chosen)); }
    if (attached) { attached.closest("[popover]").hidePopover(); attach(attached.closest(".phone"), attached.dataset.attach); }
    if (on("[data-forget]")) { const form = on(".composer"); forget(form); form.elements.text.value = ""; }
    if (revoke && confirm(revoke.dataset.sure)) {
      const answer = await send("POST", revoke.dataset.revoke);
      if (answer) alertWith(`${$("#toasts").dataset.token}\n\n${(await answer.json()).token}`);
    }
    if (on("[data-theme-switch]")) switchTheme();
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-submit]")) field.form.requestSubmit();
    if (field.matches('.attach input[type="file"]') && field.files.length) {
      field.closest("[popover]").hidePopover();
      attach(field.closest(".phone"), "files", [...field.files]);
      field.value = "";
    }
  });
  document.addEventListener("htmx:after:request", (event) => event.target.closest?.(".chat-menu")?.hidePopover());

  // ---- theme -------------------------------------------------------------------------------------
  const switchTheme = () => {
    const root = document.documentElement;
    const now = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  };
})();
