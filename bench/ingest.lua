-- One update of 1 KiB a request, each with an id of its own. TEMPLATE has two numbers to fill in: update and chat.
local template, path, secret = os.getenv("TEMPLATE"), os.getenv("HOOK_PATH"), os.getenv("HOOK_SECRET")
local first, chats = tonumber(os.getenv("FIRST_ID")), tonumber(os.getenv("CHATS"))
local headers = {["Content-Type"] = "application/json", ["X-Telegram-Bot-Api-Secret-Token"] = secret}
local sent = 0

request = function()
  sent = sent + 1
  local chat = 100000000 + sent % chats
  return wrk.format("POST", path, headers, string.format(template, first + sent, chat, chat))
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nJSON {"requests": %d, "microseconds": %d, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
