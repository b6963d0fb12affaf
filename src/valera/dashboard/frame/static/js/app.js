// Behaviours of every page: toasts, counts, dialogs. One delegated listener each; texts come with the page.
{
  const TOAST_MS = 7000;
  const box = document.getElementById("toasts");

  const toast = ({ text, undo, tone = "" }) => {
    const shown = document.createElement("div");
    shown.className = "toast"; shown.dataset.tone = tone;
    const words = document.createElement("span"); words.textContent = text; shown.append(words);
    const away = () => shown.remove();
    let timer = setTimeout(away, TOAST_MS);
    const press = (label, act) => {
      const button = document.createElement("button");
      button.type = "button"; button.className = "btn"; button.dataset.size = "s"; button.dataset.tone = "ghost"; button.textContent = label;
      button.addEventListener("click", () => { act(); away(); });
      shown.append(button);
    };
    if (undo) press(box.dataset.undo, () => htmx.ajax("POST", undo, { source: document.body, swap: "none" }));
    press(box.dataset.close, () => {});
    shown.addEventListener("focusin", () => clearTimeout(timer));
    shown.addEventListener("focusout", () => { timer = setTimeout(away, TOAST_MS); });
    box.append(shown);
    while (box.children.length > 3) box.firstChild.remove();
  };
  window.toast = toast;
  document.body.addEventListener("toast", (event) => toast(event.detail));
  document.body.addEventListener("htmx:error", () => toast({ text: box.dataset.lost, tone: "bad" }));

  const carried = document.cookie.match(/(?:^|; )toast=([^;]*)/);   // from the page before, which led here
  if (carried) {
    document.cookie = "toast=; Max-Age=0; Path=/";
    toast({ text: decodeURIComponent(carried[1]) });
  }

  document.body.addEventListener("counts", ({ detail }) => {
    for (const shown of document.querySelectorAll("[data-count]")) {
      const count = detail[shown.dataset.count] ?? 0;
      shown.hidden = !count;
      shown.textContent = count > 99 ? "99+" : count;
      shown.setAttribute("aria-label", shown.dataset.label.replace("{count}", count));
    }
    document.title = (detail.chats ? `(${detail.chats}) ` : "") + document.title.replace(/^\(\d+\) /, "");
    const icon = document.getElementById("favicon");
    icon.href = detail.chats ? icon.dataset.dot : icon.dataset.plain;
  });

  // <button data-open="id">, <button data-close>: dialogs without commandfor in browsers that lack it
  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-open]");
    if (opens) { document.getElementById(opens.dataset.open)?.showModal(); return; }
    event.target.closest("[data-close]")?.closest("dialog")?.close();
    if (event.target.matches("dialog[open]")) event.target.close();   // its backdrop
  });
  document.addEventListener("change", (event) => {   // <select data-submit>
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  document.body.addEventListener("htmx:after:swap", () => {   // a dialog that came with a fragment
    for (const dialog of document.querySelectorAll("dialog[data-show]:not([open])")) { delete dialog.dataset.show; dialog.showModal(); }
  });
}
