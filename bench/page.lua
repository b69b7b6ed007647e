-- Reads one page, again and again.
local path = os.getenv("BENCH_PATH")
request = function() return wrk.format("GET", path) end
init = function() wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN") end
