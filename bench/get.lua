-- Reads one concern after another, at random.
local count = tonumber(os.getenv("BENCH_CONCERNS"))
request = function()
    local number = math.random(0, math.floor(count / 30) - 1) * 30
    return wrk.format("GET", string.format("/v1/concerns/01900000-0000-7000-8004-0000%08x", number))
end
local seed = 0
setup = function(thread) seed = seed + 1; thread:set("seed", seed) end
init = function() math.randomseed(os.time() + (seed or 0)); wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN") end
