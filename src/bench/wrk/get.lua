-- The board, or that it has not changed. In turn with many keys: each may read 600 times a minute.
-- wrk ... -- KEYS [ETAG]
local thread = 0

function setup(t)
  t:set("count", thread * 7919)
  thread = thread + 1
end

function init(arguments)
  keys = tonumber(arguments[1])
  tag = arguments[2]
end

function request()
  count = count + 1
  return wrk.format("GET", nil, {
    ["X-API-Key"] = string.format("a-key-of-reader-%04d-of-the-benchmark", count % keys),
    ["If-None-Match"] = tag })
end

function done(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
