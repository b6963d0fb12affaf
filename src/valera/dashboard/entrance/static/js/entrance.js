// Telegram's widget answers behind the #, which no server sees: asked for once more, with the answer where it can be checked.
{
  const [, answer] = location.hash.match(/^#tgAuthResult=([\w+/=-]+)$/) ?? [];
  const lost = document.getElementById("telegram-back").dataset.lost;
  let fields = null;
  try {
    const bytes = Uint8Array.from(atob(answer.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    fields = JSON.parse(new TextDecoder().decode(bytes));
  } catch { /* cancelled, or not Telegram's */ }
  const address = new URL(location.pathname + location.search, location.origin);
  for (const [name, value] of Object.entries(fields ?? {})) address.searchParams.set(name, value);
  location.replace(fields ? address : lost);
}
