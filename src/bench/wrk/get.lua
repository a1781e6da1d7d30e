-- Reads the board, or 304 with an ETag. Many keys take turns, because each may read 600 times a minute.
-- wrk ... -- KEYS [ETAG]
dofile("src/bench/wrk/common.lua")

function init(arguments)
  count = id * 7919
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
