// The "now" line moves, works are dragged, keys turn the days. All else does without.
{
  const QUARTER = 900, SLACK = 6, doc = document, body = doc.body;
  const one = (selector) => doc.querySelector(selector), every = (selector) => [...doc.querySelectorAll(selector)];
  const grid = () => one("#board").dataset;
  const lanes = () => every(".lane");
  const rowHeight = () => lanes()[0].offsetHeight / grid().rows;
  const moment = (row) => new Date((+grid().start + row * QUARTER) * 1000);
  const clockSkew = Date.now() / 1000 - (one("#board")?.dataset.now ?? 0);
  let drag, dropped;

  const tick = () => {
    const label = one("#board-now");
    if (!label) return;
    const { start, rows, zone, locale } = grid(), now = Date.now() / 1000 - clockSkew, at = (now - start) / QUARTER;
    for (const line of every(".now, .now-at")) {
      line.hidden = at < 0 || at >= rows;
      line.style.gridRowStart = 3 + Math.floor(at);
      line.style.translate = `0 ${(at % 1) * rowHeight()}px`;
    }
    label.textContent = new Date(now * 1000).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
  };
  for (const dialog of every("dialog[data-modal]")) { dialog.open = false; dialog.showModal(); }
  tick();
  one("#board-now")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  setInterval(tick, 20_000);
  body.addEventListener("htmx:after:swap", tick);
  one("#board-over")?.addEventListener("close", ({ target }) => target.remove(), true);

  doc.addEventListener("pointerdown", (event) => {
    const job = event.target.closest(".job[data-move]");
    if (job && !event.button && event.pointerType !== "touch") drag = { job, x: event.clientX, y: event.clientY, grip: event.clientY - job.getBoundingClientRect().top };
  });
  doc.addEventListener("pointermove", ({ clientX: x, clientY: y, pointerId }) => {
    if (!drag || (!drag.lane && Math.hypot(x - drag.x, y - drag.y) < SLACK)) return;
    const all = lanes(), { job, grip } = drag;
    if (!drag.lane) { job.dataset.drag = ""; job.setPointerCapture(pointerId); }
    drag.lane = all.find((lane) => x < lane.getBoundingClientRect().right) ?? all.at(-1);
    drag.row = Math.max(0, Math.min(Math.round((y - grip - all[0].getBoundingClientRect().top) / rowHeight()), grid().rows - 1));
    job.style.gridRowStart = 3 + drag.row;
    job.style.gridColumn = 2 + all.indexOf(drag.lane);
  });
  const end = ({ type }) => {
    if (!drag) return;
    const { job, lane, row } = drag;
    drag = null;
    delete job.dataset.drag;
    if (!lane) return;
    dropped = true;
    setTimeout(() => { dropped = false; });
    if (type !== "pointerup") { job.removeAttribute("style"); return; }
    htmx.ajax("POST", job.dataset.move, { source: job, target: "#board-over", swap: "innerHTML", values: { at: moment(row).toISOString(), bay: lane.dataset.bay } })
      .finally(() => htmx.trigger(body, "board"));
  };
  doc.addEventListener("pointerup", end);
  doc.addEventListener("pointercancel", end);
  body.addEventListener("htmx:before:request", (event) => {
    if (drag?.lane && event.target.id === "board-body") event.preventDefault();
  });

  doc.addEventListener("click", (event) => {
    const { target, clientY } = event, lane = target.closest(".lane:not([data-off])");
    if (dropped) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (target.closest("[data-print]")) print();
    const offer = target.closest("[data-fill]");
    for (const [name, value] of new URLSearchParams(offer?.dataset.fill)) offer.form.elements[name].value = value;
    if (!lane) return;
    const local = moment(Math.floor((clientY - lane.getBoundingClientRect().top) / rowHeight())).toLocaleString("sv", { timeZone: grid().zone });
    htmx.ajax("GET", `${lane.dataset.new}?day=${local.slice(0, 10)}&time=${local.slice(11, 16)}&bay=${lane.dataset.bay}`, { target: "#board-over", swap: "innerHTML" });
  }, true);

  const neighbour = (key, job) => {
    const column = (other) => getComputedStyle(other).gridColumnStart, down = /Down|Right/.test(key) ? 1 : -1;
    const all = every("a.job"), mine = all.filter((other) => column(other) === column(job));
    if (/Up|Down/.test(key)) return mine[mine.indexOf(job) + down];
    const far = (other) => (column(other) - column(job)) * down * 1e6 + Math.abs(other.offsetTop - job.offsetTop);
    return all.filter((other) => (column(other) - column(job)) * down > 0).sort((a, b) => far(a) - far(b))[0];
  };
  doc.addEventListener("keydown", (event) => {
    const { target, key, code } = event, job = target.closest("a.job"), isArrow = key.startsWith("Arrow");
    if (event.ctrlKey || event.altKey || event.metaKey || one("dialog[open]") || target.closest("input, select, textarea, summary")) return;
    if (isArrow && !job && target.scrollWidth > target.clientWidth) return;
    const found = isArrow && job ? neighbour(key, job) : one(`[data-key="${isArrow ? key : code}"]`);
    if (!found) return;
    event.preventDefault();
    isArrow && job ? found.focus() : found.click();
  });
}
