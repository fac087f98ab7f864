-- An API key check in nginx shared memory: hash, look up, count in windows of one second.
local ffi = require("ffi")
ffi.cdef([[
typedef struct { uint32_t words[64]; } lockwork_bench_sha256;
int SHA256_Init(lockwork_bench_sha256 *context);
int SHA256_Update(lockwork_bench_sha256 *context, const void *data, size_t length);
int SHA256_Final(unsigned char *digest, lockwork_bench_sha256 *context);
]])

local crypto = ffi.load("crypto.so.3")
local context = ffi.new("lockwork_bench_sha256")
local digest = ffi.new("unsigned char[32]")
local limit_per_second = 100000

local check = {}

local function sha256(text)
    crypto.SHA256_Init(context)
    crypto.SHA256_Update(context, text, #text)
    crypto.SHA256_Final(digest, context)
    return ffi.string(digest, 32)
end

function check.load(path)
    local keys = ngx.shared.keys
    local number = 0
    for key in io.lines(path) do
        number = number + 1
        -- safe_set refuses instead of silently dropping older keys.
        local stored, reason = keys:safe_set(sha256(key), number)
        if not stored then
            error("key " .. number .. " does not fit: " .. reason)
        end
    end
end

local function refuse(status)
    ngx.status = status
    ngx.print('{"valid":false}')
end

function check.answer()
    ngx.header["Content-Type"] = "application/json"
    local key = ngx.var.http_x_api_key
    if not key then
        return refuse(401)
    end
    local hash = sha256(key)
    local number = ngx.shared.keys:get(hash)
    if not number then
        return refuse(401)
    end
    local counts = ngx.shared.counts
    if counts then
        local used = counts:incr(hash, 1, 0, 1)
        if used and used > limit_per_second then
            return refuse(429)
        end
    end
    ngx.header["Content-Length"] = 14
    ngx.print('{"valid":true}')
end

return check
