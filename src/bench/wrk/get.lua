-- The board, or that it has not changed.
-- wrk ... -- KEY [ETAG]
function init(arguments)
  headers = { ["X-API-Key"] = arguments[1] }
  if arguments[2] then
    headers["If-None-Match"] = arguments[2]
  end
end

function request()
  return wrk.format("GET", nil, headers)
end

function done(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
