-- Posts alerts to Alertmanager: the same number of domains and the same texts as post.lua; every second one is resolved.
-- wrk ... -- DOMAINS FIRST
dofile("src/bench/wrk/common.lua")

function init(arguments)
  domains = tonumber(arguments[1])
  count = tonumber(arguments[2]) + id * 7919
  head = string.format("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: ",
    wrk.path, wrk.headers["Host"])
  started = os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() - 3600)
end

function request()
  count = count + 1
  local run = math.floor(count / domains)
  local ended = run % 2 == 0 and "" or string.format(',"endsAt":"%s"', os.date("!%Y-%m-%dT%H:%M:%SZ"))
  local body = string.format(
    '[{"labels":{"alertname":"App","domain":"D%d"},"annotations":{"job_id":"LOAD_%d_%d","message":"file %d of the night"},"startsAt":"%s"%s}]',
    count % domains, id, math.floor(run / 2), count, started, ended)
  return head .. #body .. "\r\n\r\n" .. body
end
