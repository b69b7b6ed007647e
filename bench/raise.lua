-- Raises concerns, each with a key of its own, about one pupil of the school or another.
local threads = 0
setup = function(thread) threads = threads + 1; thread:set("thread_number", threads) end
init = function()
    number = 0
    run = os.getenv("BENCH_RUN")
    math.randomseed(os.time() + thread_number)
    before, after = os.getenv("BENCH_BODY"):match("^(.*01900000%-0000%-7000%-8003%-)%x+(.*)$")
    wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
    wrk.headers["Content-Type"] = "application/json"
end
request = function()
    number = number + 1
    wrk.headers["Idempotency-Key"] = string.format('"bench-%s-%d-%d"', run, thread_number, number)
    local body = string.format("%s%012x%s", before, math.random(0, 299), after)
    return wrk.format("POST", "/v1/concerns", nil, body)
end
