-- Posts runs of jobs: every domain is Loading, then OK, then Loading with the next job. No two updates are the same.
-- wrk ... -- KEY DOMAINS FIRST
dofile("src/bench/wrk/common.lua")

function init(arguments)
  domains = tonumber(arguments[2])
  count = tonumber(arguments[3]) + id * 7919
  -- wrk.format would build the head again for each request, on the program's cores.
  head = string.format("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nX-API-Key: %s\r\nContent-Length: ",
    wrk.path, wrk.headers["Host"], arguments[1])
end

function request()
  count = count + 1
  local run = math.floor(count / domains)
  local body = string.format(
    '{"app":"App","domain":"D%d","status":"%s","job_id":"LOAD_%d_%d","message":"file %d of the night"}',
    count % domains, run % 2 == 0 and "Loading" or "OK", id, math.floor(run / 2), count)
  return head .. #body .. "\r\n\r\n" .. body
end
