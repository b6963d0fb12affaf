// One EventSource for a browser, not for a tab: tabs elect a leader with a Web Lock, and the leader relays over a BroadcastChannel.
// Events carry topics only; elements fetch themselves again: hx-trigger="live:chat-7 from:body, live:resync from:body".
{
  const QUIET_MS = 45_000, LOOK_MS = 10_000, RETRY_MS = 2000;
  const { live: url, liveScope: scope, liveAfter } = document.body.dataset;
  const name = `live:${scope}`, bus = new BroadcastChannel(name);
  const label = document.getElementById("live");
  let last = liveAfter, state = "wait", source = null, heard = Date.now(), leads = false;

  const emit = (topic) => document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { bubbles: false }));
  const say = (next) => {
    state = next;
    const root = document.documentElement, shown = navigator.onLine ? state : "none";
    if (root.dataset.live === shown || shown === "wait") return;
    root.dataset.live = shown;
    if (label) label.textContent = label.dataset[shown].replace("{at}", new Date(heard).toTimeString().slice(0, 5));
    document.body.dispatchEvent(new CustomEvent("connection", { detail: { state: shown } }));
  };
  const hear = (message) => {
    if (message.hello) { if (leads) bus.postMessage({ state }); return; }
    heard = Date.now();
    if (message.id) last = message.id;
    if (message.topic) emit(message.topic);
    say(message.state ?? state);
  };
  const share = (message) => { bus.postMessage(message); hear(message); };
  bus.onmessage = ({ data }) => hear(data);
  bus.postMessage({ hello: true });

  const open = () => {
    source?.close();
    source = new EventSource(`${url}?after=${last ?? ""}`);
    source.onopen = () => share({ state: "on" });
    source.onerror = () => {
      say("off"); bus.postMessage({ state: "off" });
      if (source.readyState === EventSource.CLOSED) setTimeout(open, RETRY_MS + Math.random() * RETRY_MS);
    };
    source.addEventListener("topic", (event) => share({ topic: event.data, id: event.lastEventId, state: "on" }));
    source.addEventListener("beat", (event) => share({ id: event.lastEventId, state: "on" }));
  };
  const lead = () => new Promise((resolve) => {   // held until this tab goes away; then the next tab leads
    leads = true; open();
    const looking = setInterval(() => { if (Date.now() - heard > QUIET_MS) open(); }, LOOK_MS);
    addEventListener("pagehide", () => { leads = false; clearInterval(looking); source.close(); resolve(); }, { once: true });
  });
  const stand = (options = {}) => navigator.locks.request(name, options, lead).catch(() => { leads = false; source?.close(); stand(); });
  stand();
  addEventListener("pageshow", (event) => { if (event.persisted) { emit("resync"); stand(); } });
  document.addEventListener("visibilitychange", () => {   // phones freeze hidden tabs, the leader among them
    if (!document.hidden && Date.now() - heard > QUIET_MS) { emit("resync"); leads ? open() : stand({ steal: true }); }
  });
  addEventListener("online", () => { say(state); if (leads) open(); });
  addEventListener("offline", () => say(state));
}
