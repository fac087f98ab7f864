-- Sends one prepared request over and over; `{{key}}` in it becomes a random line of the keys file.
-- The keys file is mapped, not read, so that ten million keys cost the load generator nothing.
-- Environment: BENCH_REQUEST (file with the whole request), BENCH_KEYS (one key a line, all of one length).
local ffi = require("ffi")
ffi.cdef([[
int open(const char *path, int flags);
long lseek(int file, long offset, int whence);
void *mmap(void *address, size_t length, int protection, int flags, int file, long offset);
]])

local SEEK_END, PROT_READ, MAP_SHARED = 2, 1, 1

local function map_lines(path)
    local file = ffi.C.open(path, 0)
    assert(file >= 0, "cannot open " .. path)
    local size = tonumber(ffi.C.lseek(file, 0, SEEK_END))
    local bytes = ffi.cast("const char *", ffi.C.mmap(nil, size, PROT_READ, MAP_SHARED, file, 0))
    local stride = 0
    while bytes[stride] ~= 10 do
        stride = stride + 1
    end
    stride = stride + 1
    assert(size % stride == 0, "lines of different lengths in " .. path)
    return bytes, stride, size / stride
end

local function read_all(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read("*a")
    file:close()
    return text
end

local text = read_all(os.getenv("BENCH_REQUEST"))
local start, stop = text:find("{{key}}", 1, true)

if start then
    local before, after = text:sub(1, start - 1), text:sub(stop + 1)
    local bytes, stride, count = map_lines(os.getenv("BENCH_KEYS"))
    local random, string_of = math.random, ffi.string
    math.randomseed(os.time())
    function request()
        return before .. string_of(bytes + stride * (random(count) - 1), stride - 1) .. after
    end
else
    function request()
        return text
    end
end

-- One line of JSON: what wrk counted; times in microseconds.
function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"max_us":%d,"refused":%d,"broken":%d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
