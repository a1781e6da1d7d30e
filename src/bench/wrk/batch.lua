-- Batches of updates over all domains.
-- wrk ... -- KEY DOMAINS ITEMS
local thread = 0

function setup(t)
  t:set("id", thread)
  thread = thread + 1
end

function init(arguments)
  domains = tonumber(arguments[2])
  items = tonumber(arguments[3])
  count = id * 7919
  headers = { ["Content-Type"] = "application/json", ["X-API-Key"] = arguments[1] }
end

function request()
  local updates = {}
  for i = 1, items do
    count = count + 1
    local run = math.floor(count / domains)
    updates[i] = string.format('{"app":"App","domain":"D%d","status":"%s","job_id":"LOAD_%d_%d"}',
      count % domains, run % 2 == 0 and "Loading" or "OK", id, math.floor(run / 2))
  end
  return wrk.format("POST", nil, headers, '{"updates":[' .. table.concat(updates, ",") .. "]}")
end

function done(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
