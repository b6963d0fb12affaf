// Reading: where a thread opens, that nothing moves under the reader, and what was seen. Listeners on the document: threads come and go.
{
  const NEAR = 80, IDLE = 900, $ = (selector) => document.querySelector(selector);
  let follows = true, shown = null, last = 0, behind = 0, told = 0, idle;
  const stream = () => $(".stream"), newest = () => [...document.querySelectorAll("#thread-newest > [data-id]")].at(-1);
  const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;

  const jump = (box) => {
    const button = $(".jump"), count = button?.querySelector(".count");
    if (!button) return;
    if (follows) behind = 0;
    button.hidden = follows; count.hidden = !behind; count.textContent = behind;
  };
  const stick = (box) => {  // the day that is being read, of all that have gone by
    const top = box.getBoundingClientRect().top, days = [...box.querySelectorAll(".day")];
    const on = days.filter((day) => !day.previousElementSibling || day.previousElementSibling.getBoundingClientRect().top < top).at(-1);
    for (const day of days) day.toggleAttribute("data-stuck", day === on);
  };
  const seen = () => {      // the end of the thread is before somebody's eyes
    const box = stream(), thread = $("#thread"), end = newest();
    if (!box || !end || document.hidden || !atEnd(box) || told >= +end.dataset.id) return;
    told = +end.dataset.id;
    htmx.ajax("POST", thread.dataset.reads, { source: box, swap: "none", values: { upto: told } });
  };
  const open = (thread) => {
    const box = stream(), found = box.querySelector("[data-found]"), unread = box.querySelector(".unread");
    shown = thread; told = 0; behind = 0; last = +(newest()?.dataset.id ?? 0);
    if (found) found.scrollIntoView({ block: "center" });
    else if (unread) box.scrollTop += unread.getBoundingClientRect().top - box.getBoundingClientRect().top - 48;
    else box.scrollTop = box.scrollHeight;
    follows = atEnd(box); jump(box); seen();
    box.addEventListener("scroll", () => {
      follows = atEnd(box); jump(box); seen(); stick(box); box.dataset.scrolling = "";
      clearTimeout(idle); idle = setTimeout(() => delete box.dataset.scrolling, IDLE);
    }, { passive: true });
    const grown = new ResizeObserver(() => { if (follows) box.scrollTop = box.scrollHeight; });   // photos come in, the composer grows
    for (const part of [box, ...box.children]) grown.observe(part);
  };
  const look = () => {
    const thread = $("#thread"), box = stream();
    if (!thread || !box) { shown = null; return; }
    if (thread !== shown) { open(thread); return; }
    const end = +(newest()?.dataset.id ?? 0);
    if (end > last) {
      if (!follows) behind += [...document.querySelectorAll("#thread-newest > [data-from=client]")].filter((one) => +one.dataset.id > last).length;
      last = end;
    }
    if (follows) box.scrollTop = box.scrollHeight;
    jump(box); seen();
  };

  let anchor = null;         // older messages come in above: what is read stays where it is
  document.addEventListener("htmx:before:swap", ({ target, detail }) => {
    const box = stream(), into = detail?.ctx?.target ?? target;
    const first = into instanceof Node && box?.contains(into) && [...box.querySelectorAll("[data-id]")].find((one) => one.getBoundingClientRect().bottom > box.getBoundingClientRect().top);
    anchor = first && !follows && { id: first.id, top: first.getBoundingClientRect().top };
  });
  document.addEventListener("htmx:after:swap", () => {
    const kept = anchor && document.getElementById(anchor.id);
    if (kept && $("#thread") === shown) stream().scrollTop += kept.getBoundingClientRect().top - anchor.top;
    anchor = null;
    const ids = new Set();   // a chat that moved up stands in the part of the list that is fetched again
    for (const row of document.querySelectorAll("#inbox-rows > .chat, #inbox-more > .chat")) ids.has(row.id) ? row.remove() : ids.add(row.id);
    current(); look();
  });
  const current = () => {
    for (const row of document.querySelectorAll(".chat")) row.pathname === location.pathname ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current");
  };
  document.addEventListener("htmx:after:history:update", current);
  for (const event of ["visibilitychange", "pointerdown"]) document.addEventListener(event, seen);
    document.addEventListener("click", (event) => {
    if (event.target.closest(".jump")) stream().scrollTop = stream().scrollHeight;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, textarea, select, [contenteditable]") && !event.ctrlKey && !event.metaKey) { event.preventDefault(); $("#inbox-q")?.focus(); }
  });
  look();
}
