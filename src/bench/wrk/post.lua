-- Runs of jobs: every domain is Loading, then OK, then Loading with the next job.
-- wrk ... -- KEY DOMAINS
local thread = 0

function setup(t)
  t:set("id", thread)
  thread = thread + 1
end

function init(arguments)
  domains = tonumber(arguments[2])
  count = id * 7919
  headers = { ["Content-Type"] = "application/json", ["X-API-Key"] = arguments[1] }
end

function request()
  count = count + 1
  local run = math.floor(count / domains)
  local body = string.format(
    '{"app":"App","domain":"D%d","status":"%s","job_id":"LOAD_%d_%d","message":"file %d of the night"}',
    count % domains, run % 2 == 0 and "Loading" or "OK", id, math.floor(run / 2), count)
  return wrk.format("POST", nil, headers, body)
end

-- wrk counts every status above 399.
function done(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
