// The counter of the editor, examples of the trial, and its newest line in sight.
{
  const count = () => {
    const shown = document.querySelector("[data-of]"), text = shown && document.getElementById(shown.dataset.of);
    if (!text) return;
    const length = text.value.length, locale = document.documentElement.lang;
    shown.textContent = shown.dataset.words.replace("{count}", length.toLocaleString(locale));
    shown.toggleAttribute("data-full", length >= +shown.dataset.most);
  };
  const toEnd = () => { const lines = document.querySelector(".assistant-lines"); lines.scrollTop = (lines.querySelector("li:last-child")?.offsetTop ?? 0) - lines.offsetTop - 48; };
  document.addEventListener("input", (event) => { if (event.target.id === "f-prompt") count(); });
  document.addEventListener("click", ({ target }) => {
    const said = target.closest("[data-say]");
    if (!said) return;
    said.form.elements.said.value = said.dataset.say;
    said.form.requestSubmit();
  });
  let isSent = false;
  document.addEventListener("submit", ({ target }) => { isSent ||= !!target.closest("#trial"); }, true);
  document.body.addEventListener("htmx:after:swap", () => {
    if (!isSent || document.querySelector("#trial .htmx-request")) return;
    isSent = false;
    if (document.activeElement === document.body) document.querySelector(".assistant-say [name=said]").focus({ preventScroll: true });
    toEnd();
  });
  toEnd();
}
