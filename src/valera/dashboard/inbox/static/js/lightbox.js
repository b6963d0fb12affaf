// Photos of the thread, large: ← → between all of them, zoom, turn, save; Esc gives the focus back to where it was.
{
  const box = document.getElementById("lightbox"), part = (name) => box.querySelector(`[data-lb="${name}"]`);
  let photos = [], at = 0, turn = 0, zoom = 1;
  const draw = () => {
    const frame = box.querySelector(".lb-box"), from = photos[at];
    part("image").src = from.dataset.lightbox; part("image").alt = from.querySelector("img").alt;
    part("save").href = from.dataset.download;
    box.querySelector(".lb-n").textContent = `${at + 1} / ${photos.length}`;
    part("prev").hidden = part("next").hidden = photos.length < 2;
    frame.dataset.zoom = zoom; frame.dataset.turn = turn;
    part("in").disabled = zoom > 2; part("out").disabled = zoom < 2;
  };
  const go = (step) => { at = (at + step + photos.length) % photos.length; turn = 0; zoom = 1; draw(); };
  const acts = { prev: () => go(-1), next: () => go(1), in: () => { zoom = Math.min(4, zoom * 2); draw(); }, out: () => { zoom = Math.max(1, zoom / 2); draw(); }, turn: () => { turn = (turn + 1) % 4; draw(); } };
  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-lightbox]"), act = event.target.closest("[data-lb]")?.dataset.lb;
    if (opens) { photos = [...document.querySelectorAll("[data-lightbox]")]; at = photos.indexOf(opens); turn = 0; zoom = 1; draw(); box.showModal(); }
    else if (act === "image") acts[zoom > 2 ? "out" : "in"]();
    else acts[act]?.();
  });
  box?.addEventListener("keydown", (event) => {
    const key = { ArrowLeft: "prev", ArrowRight: "next", "+": "in", "=": "in", "-": "out", r: "turn" }[event.key];
    if (key) { event.preventDefault(); acts[key](); }
  });
  box?.addEventListener("close", () => photos[at]?.focus());
}
