-- Posts batches of updates to all domains. They are created before the first is sent, because creating them takes more
-- CPU than sending them. Within a batch a domain is Loading, then OK, then Loading with the next job; each batch has its own jobs.
-- wrk ... -- KEY DOMAINS ITEMS FIRST
dofile("src/bench/wrk/common.lua")
local BATCHES = 64

local function batch(number, domains, items, first)
  local updates = {}
  for i = 0, items - 1 do
    local run = math.floor(i / domains)
    updates[i + 1] = string.format('{"app":"App","domain":"D%d","status":"%s","job_id":"LOAD_%d_%d_%d"}',
      i % domains, run % 2 == 0 and "Loading" or "OK", id, first + number, math.floor(run / 2))
  end
  return '{"updates":[' .. table.concat(updates, ",") .. "]}"
end

function init(arguments)
  local headers = { ["Content-Type"] = "application/json", ["X-API-Key"] = arguments[1] }
  requests = {}
  for number = 1, BATCHES do
    requests[number] = wrk.format("POST", nil, headers,
      batch(number, tonumber(arguments[2]), tonumber(arguments[3]), tonumber(arguments[4])))
  end
  count = 0
end

function request()
  count = count + 1
  return requests[count % BATCHES + 1]
end
