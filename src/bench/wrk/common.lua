-- What all scripts have in common: each thread has the global id 0, 1, and so on, and the result is printed for Wrk.java.
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

-- wrk counts every status above 399.
function done(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
