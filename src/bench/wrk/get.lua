-- Reads the board, or 304 with an ETag. Many keys take turns, because each may read 600 times a minute.
-- wrk ... -- KEYS [ETAG]
dofile("src/bench/wrk/result.lua")
local thread = 0

function setup(t)
  t:set("count", thread * 7919)
  thread = thread + 1
end

function init(arguments)
  keys = tonumber(arguments[1])
  requests = {}
  for key = 0, keys - 1 do
    requests[key] = wrk.format("GET", nil, {
      ["X-API-Key"] = string.format("a-key-of-reader-%04d-of-the-benchmark", key),
      ["If-None-Match"] = arguments[2] })
  end
end

function request()
  count = count + 1
  return requests[count % keys]
end
