-- Reads one concern after another, at random.
local threads = 0
setup = function(thread) threads = threads + 1; thread:set("thread_number", threads) end
init = function()
    count = tonumber(os.getenv("BENCH_CONCERNS"))
    math.randomseed(os.time() + thread_number)
    wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
end
request = function()
    local number = math.random(0, math.floor(count / 30) - 1) * 30
    return wrk.format("GET", string.format("/v1/concerns/01900000-0000-7000-8004-0000%08x", number))
end
