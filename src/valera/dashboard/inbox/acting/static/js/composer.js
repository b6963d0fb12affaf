// Writing to a client: a message is shown at once, goes out once, and is never lost. Listeners on the document: threads come and go.
{
  const $ = (selector, within = document) => within.querySelector(selector);
  const FIRST_PAUSE = 2000, LONGEST_PAUSE = 30000, TYPING = 3000, MOST = 20 << 20, MOST_FILES = 10;
  const form = () => $("#composer"), field = () => $("#composer-text"), menu = () => $("#acting-replies");
  const kept = (name, given) => {      // a browser without storage forgets, nothing else
    try {
      if (given === undefined) return JSON.parse(localStorage.getItem(name));
      given === null ? localStorage.removeItem(name) : localStorage.setItem(name, JSON.stringify(given));
    } catch { return null; }
  };
  const own = (what, box = form()) => `${what}:${box.dataset.shop}:${box.dataset.member}`;
  const csrf = () => $('[name="csrf"]', form()).value;
  const newKey = () => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
  let shown = null, queue = null, files = [], busy = false, pause = FIRST_PAUSE, timer, typedAt = 0;

  // ---- what is on its way -----------------------------------------------------------------------
  const save = () => kept(own("outbox"), queue.filter((item) => !item.files?.length && !item.id).map(({ files: _, ...item }) => item));
  const forget = (item) => { queue = queue.filter((one) => one !== item); save(); bubble(item)?.remove(); };
  const bubble = (item) => $(`#thread-sending [data-key="${item.key}"]`);
  const show = (item) => {
    if (item.chat !== form()?.dataset.chat) return;
    let box = bubble(item);
    if (!box) {
      box = $("#acting-bubble").content.firstElementChild.cloneNode(true);
      box.dataset.key = item.key; box.toggleAttribute("data-note", !!item.note);
      $(".by", box).textContent = form().dataset.me; $("p", box).textContent = item.text;
      for (const file of item.files ?? []) preview($(".bubble", box), file);
      $("#thread-sending").append(box);
      const stream = $(".stream"); stream.scrollTop = stream.scrollHeight;
    }
    $(".meta", box).hidden = !!item.why; $(".failed", box).hidden = !item.why; $("[data-why]", box).textContent = item.why ?? "";
    $("[data-state]", box).textContent = item.waits ? form().dataset.waiting : form().dataset.sending;
  };
  const settle = () => {               // the thread shows it now
    for (const item of queue ?? []) {
      if (item.id && (item.chat !== form()?.dataset.chat || $(`#message-${item.id}, #thread-newest [data-id="${item.id}"]`))) forget(item);
    }
  };
  const pump = async () => {
    if (busy || !form()) return;
    const item = queue.find((one) => !one.id && !one.why);
    if (!item) return;
    busy = true; clearTimeout(timer);
    const again = () => { item.waits = true; show(item); timer = setTimeout(pump, pause); pause = Math.min(2 * pause, LONGEST_PAUSE); };
    try {
      const body = new FormData();
      for (const name of ["text", "key", "seen", "note", "draft"]) if (item[name]) body.append(name, item[name]);
      for (const file of item.files ?? []) body.append("files", file, file.name);
      const answer = await fetch(item.url, { method: "POST", body, headers: { Accept: "application/json", "X-CSRF-Token": csrf() } });
      const told = await answer.json().catch(() => ({}));
      pause = FIRST_PAUSE; item.waits = false;
      if (answer.ok && told.id) {
        item.id = told.id; save(); show(item); settle();
        document.body.dispatchEvent(new CustomEvent(`live:chat-${item.chat}`));
      } else if (answer.status >= 500) again();
      else if (told.slug === "new-messages") {
        forget(item); toast({ text: told.text, tone: "bad" });
        if (item.chat === form()?.dataset.chat && !field().value) { files = item.files ?? []; list(); put(item.text, item.draft); }
        else kept(`${own("draft")}:${item.chat}`, { text: item.text, draft: item.draft });
        document.body.dispatchEvent(new CustomEvent(`live:chat-${item.chat}`));
      } else {
        item.why = told.text ?? (answer.status === 413 ? form().dataset.large : form().dataset.lost); save(); show(item);
      }
    } catch { again(); }
    busy = false;
    if (!item.waits) pump();
  };
  const send = () => {
    const box = form(), text = field().value.trim();
    if (!text && !files.length) return;
    const last = [...document.querySelectorAll("#thread-newest [data-id]")].at(-1);
    const item = { key: newKey(), url: box.action, chat: box.dataset.chat, text, files, seen: last?.dataset.id, note: box.dataset.mode === "note" ? "1" : "", draft: box.dataset.draft };
    if (item.note) { item.files = []; delete item.draft; } else { files = []; list(); }
    queue.push(item); save(); put(""); mode(""); show(item); pump();
  };

  // ---- the field --------------------------------------------------------------------------------
  const remember = () => kept(`${own("draft")}:${form().dataset.chat}`, field().value ? { text: field().value, draft: form().dataset.draft } : null);
  const put = (text, draft) => {
    field().value = text;
    draft ? form().dataset.draft = draft : delete form().dataset.draft;
    remember(); choose(text);
  };
  const mode = (name) => {
    const box = form(), isNote = name === "note", label = isNote ? box.dataset.save : box.dataset.send, button = $("[data-submit-message]");
    isNote ? box.dataset.mode = name : delete box.dataset.mode;
    field().placeholder = isNote ? box.dataset.note : box.dataset.placeholder;
    button.setAttribute("aria-label", label); button.title = label;
    $("[data-note-mode]").setAttribute("aria-pressed", isNote);
  };
  const preview = (box, file) => {
    if (!file.type.startsWith("image/")) { const name = document.createElement("b"); name.textContent = file.name; box.append(name); return; }
    const image = document.createElement("img");
    image.alt = file.name; image.src = URL.createObjectURL(file); image.onload = () => URL.revokeObjectURL(image.src);
    box.append(image);
  };
  const list = () => {
    const box = $("#acting-files");
    box.replaceChildren(...files.map((file, at) => {
      const one = document.createElement("span"), away = document.createElement("button");
      preview(one, file);
      Object.assign(away, { type: "button", className: "btn", textContent: "×" });
      Object.assign(away.dataset, { size: "s", tone: "ghost", detach: at });
      away.setAttribute("aria-label", form().dataset.detach.replace("%", file.name)); one.append(away);
      return one;
    }));
    box.hidden = !files.length;
  };
  const add = (given) => {
    const all = [...files, ...given];
    if (all.length > MOST_FILES || all.reduce((sum, file) => sum + file.size, 0) > MOST) toast({ text: form().dataset.large, tone: "bad" });
    else { files = all; list(); field().focus(); }
  };

  // ---- canned replies ---------------------------------------------------------------------------
  const choose = async (text, opens = false) => {
    const box = menu();
    if (!opens && !/^\/[^\n]*$/.test(text)) { box.hidden = true; return; }
    if (box.hidden) {
      box.hidden = false;
      const answer = await fetch(box.dataset.from, { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } }).catch(() => null);
      if (!answer?.ok) { box.hidden = true; return; }
      box.innerHTML = await answer.text();
    }
    const wanted = (opens ? "" : field().value.slice(1)).trim().toLowerCase();
    for (const one of box.querySelectorAll("button")) one.hidden = !one.textContent.toLowerCase().includes(wanted);
  };
  const pick = (one) => {
    put(one.dataset.text); menu().hidden = true; field().focus();
    const hole = field().value.indexOf("____");
    if (hole >= 0) field().setSelectionRange(hole, hole + 4);
  };

  // ---- what people do ---------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "composer") return;
    event.preventDefault();
    if (!event.submitter?.matches("[data-note-mode]")) send();
  });
  document.addEventListener("keydown", (event) => {
    const box = menu();
    if (box && !box.hidden && event.target.closest("#composer-text, #acting-replies")) {
      const all = [...box.querySelectorAll("button:not([hidden])")], at = all.indexOf(document.activeElement);
      if (event.key === "Escape") { box.hidden = true; field().focus(); event.preventDefault(); return; }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { (all[at + (event.key === "ArrowDown" ? 1 : -1)] ?? field()).focus(); event.preventDefault(); return; }
      if (event.key === "Enter" && event.target.id === "composer-text" && all[0]) { pick(all[0]); event.preventDefault(); return; }
    }
    if (event.target.id !== "composer-text" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (matchMedia("(pointer: coarse)").matches && !event.ctrlKey) return;
    event.preventDefault(); send();
  });
  document.addEventListener("input", ({ target }) => {
    if (target.id !== "composer-text") return;
    remember(); choose(target.value);
    if (target.value && form().dataset.mode !== "note" && Date.now() - typedAt > TYPING) {
      typedAt = Date.now();
      fetch(form().dataset.typing, { method: "POST", headers: { "X-CSRF-Token": csrf(), Accept: "application/json" } }).catch(() => {});
    }
  });
  document.addEventListener("click", ({ target }) => {
    const at = (selector) => target.closest(selector);
    if (at("[data-note-mode]")) { mode(form().dataset.mode === "note" ? "" : "note"); field().focus(); }
    else if (at("[data-attach]")) $("#composer-files").click();
    else if (at("[data-detach]")) { files.splice(+at("[data-detach]").dataset.detach, 1); list(); }
    else if (at("[data-replies]")) { menu().hidden ? choose("", true) : menu().hidden = true; }
    else if (at("#acting-replies button")) pick(at("#acting-replies button"));
    else if (at("[data-edit-draft]")) { const ask = at(".ask"); put($(".draft", ask).textContent, ask.dataset.draft); field().focus(); }
    else if (at("[data-again], [data-never]")) {
      const item = queue.find((one) => one.key === at("[data-key]").dataset.key);
      if (at("[data-never]")) { forget(item); if (!field().value) put(item.text, item.draft); }
      else { delete item.why; show(item); pump(); }
    }
  });
  document.addEventListener("change", ({ target }) => { if (target.id === "composer-files") { add(target.files); target.value = ""; } });
  document.addEventListener("paste", (event) => { if (event.target.id === "composer-text" && event.clipboardData.files.length) { event.preventDefault(); add(event.clipboardData.files); } });
  const dragged = (event) => form() && event.target.closest?.("#thread") && event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => { if (dragged(event)) { event.preventDefault(); form().dataset.over = ""; } });
  for (const end of ["dragleave", "drop"]) document.addEventListener(end, (event) => {
    if (!form()) return;
    delete form().dataset.over;
    if (end === "drop" && dragged(event)) { event.preventDefault(); add(event.dataTransfer.files); }
  });
  const again = () => { pause = FIRST_PAUSE; if (queue) pump(); };
  addEventListener("online", again);
  document.body.addEventListener("live:resync", again);

  const open = () => {
    const box = form();
    if (!box || box === shown) { if (queue) settle(); return; }
    shown = box; files = [];
    queue ??= (kept(own("outbox")) ?? []);
    const draft = kept(`${own("draft")}:${box.dataset.chat}`);
    if (draft && !field().value) put(draft.text, draft.draft);
    for (const item of queue) show(item);
    settle(); pump();
  };
  document.addEventListener("htmx:after:swap", open);
  open();
}
