-- Raises concerns, each with a key of its own.
local number, seed, run = 0, 0, os.getenv("BENCH_RUN")
local body = os.getenv("BENCH_BODY")
setup = function(thread) seed = seed + 1; thread:set("seed", seed) end
init = function()
    wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
    wrk.headers["Content-Type"] = "application/json"
end
request = function()
    number = number + 1
    wrk.headers["Idempotency-Key"] = string.format('"bench-%s-%d-%d"', run, seed or 0, number)
    return wrk.format("POST", "/v1/concerns", nil, body)
end
