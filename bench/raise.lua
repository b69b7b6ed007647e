-- Raises concerns, each with a key of its own.
local threads = 0
setup = function(thread) threads = threads + 1; thread:set("thread_number", threads) end
init = function()
    number = 0
    run = os.getenv("BENCH_RUN")
    body = os.getenv("BENCH_BODY")
    wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
    wrk.headers["Content-Type"] = "application/json"
end
request = function()
    number = number + 1
    wrk.headers["Idempotency-Key"] = string.format('"bench-%s-%d-%d"', run, thread_number, number)
    return wrk.format("POST", "/v1/concerns", nil, body)
end
