// A file that is too large is refused before it is sent; a bot's token and a link are copied with one press.
document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("[data-shop-most]")) return;
  const file = target.files[0];
  target.setCustomValidity(file && file.size > +target.dataset.shopMost ? target.dataset.shopTooLarge : "");
  target.reportValidity();
});
document.addEventListener("click", async ({ target }) => {
  const copies = target.closest("[data-shop-copy]");
  if (!copies) return;
  await navigator.clipboard?.writeText(copies.dataset.shopCopy);
  window.toast?.({ text: copies.dataset.shopCopied });
});
