/** The scripts that put entries into lines and find them again. */
import { common } from './lua-common.ts';

/**
 * Stores entries, in order. Idempotent: an id that is known is not stored again. Gives for each what became of it (`stored`, `live`,
 * `ended`, `dead`, `full`), whether its session needs a job, and how it ended.
 *
 * ARGV: process, maxPending, maxPendingPerSession, and for each entry: key, id, record, head start in µs, delay in ms.
 */
export const append: string = `${common}
local process, most, mostOfOne = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local function watch(key)
  call('SADD', of('watch', key), process)
  call('PEXPIRE', of('watch', key), 86400000)
end
local function store(key, id, record, head, delayMs)
  if call('HEXISTS', of('entries', key), id) == 1 then
    watch(key)
    return 'live', needsJob(key), ''
  end
  local ending = call('GET', endKey(key, id))
  if ending and not isDropped(ending) then return 'ended', 0, ending end
  local dead = call('HGET', of('dead', key), id)
  if dead then return 'dead', 0, dead end
  if tonumber(call('GET', at('count')) or '0') >= most then return 'full', 0, 'maxPending' end
  if call('ZCARD', of('line', key)) >= mostOfOne then return 'full', 0, 'maxPendingPerSession' end
  if ending then call('DEL', endKey(key, id)) end
  call('HSET', of('entries', key), id, record)
  if delayMs > 0 then
    local dueMs = math.ceil(nowMicros() / 1000) + delayMs
    call('ZADD', of('later', key), whole(dueMs), id)
    call('ZADD', at('due'), 'LT', whole(dueMs), key)
    return 'stored', 0, ''
  end
  local place = tick() - head
  putIntoLine(key, id, place)
  showOwner(key, id, place, record)
  return 'stored', needsJob(key), ''
end
local answers = {}
for i = 4, #ARGV, 5 do
  local status, needs, more = store(ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3]), tonumber(ARGV[i + 4]))
  answers[#answers + 1] = status
  answers[#answers + 1] = needs
  answers[#answers + 1] = more
end
return answers`;

/**
 * What is known of entries: for each `live`, `dead`, `ended` or `unknown`, and how it ended. ARGV: process, and for each: key, id.
 * Whoever asks is told from then on.
 */
export const find: string = `${common}
local answers = {}
for i = 2, #ARGV, 2 do
  local key, id = ARGV[i], ARGV[i + 1]
  local status, more = 'unknown', call('GET', endKey(key, id))
  if call('HEXISTS', of('entries', key), id) == 1 then
    call('SADD', of('watch', key), ARGV[1])
    call('PEXPIRE', of('watch', key), 86400000)
    status = 'live'
  elseif more then status = 'ended'
  else
    more = call('HGET', of('dead', key), id)
    if more then status = 'dead' end
  end
  answers[#answers + 1] = status
  answers[#answers + 1] = more or ''
end
return answers`;

/**
 * Looks for what was left undone: puts entries whose time has come into their lines, and gives the sessions that have work and
 * no job. ARGV: cursor, most keys of one call. Gives the next cursor, the next due time and the server's (ms), paused keys, sessions.
 */
export const sweep: string = `${common}
local nowMs = math.floor(nowMicros() / 1000)
for _, key in ipairs(call('ZRANGEBYSCORE', at('due'), '-inf', nowMs, 'LIMIT', 0, ARGV[2])) do
  local later = of('later', key)
  for _, id in ipairs(call('ZRANGEBYSCORE', later, '-inf', nowMs, 'LIMIT', 0, 1000)) do
    call('ZREM', later, id)
    local record = call('HGET', of('entries', key), id)
    if record then
      local place = tick() - tonumber(string.match(record, '^{"head":(%-?%d+)') or '0')
      putIntoLine(key, id, place)
      showOwner(key, id, place, record)
    end
  end
  local first = call('ZRANGE', later, 0, 0, 'WITHSCORES')
  if #first == 0 then call('ZREM', at('due'), key) else call('ZADD', at('due'), first[2], key) end
end
local page = call('SSCAN', at('work'), ARGV[1], 'COUNT', ARGV[2])
local idle = {}
for _, key in ipairs(page[2]) do
  if call('EXISTS', of('line', key)) == 0 then
    if not ownerOf(key) then call('SREM', at('work'), key) end
  elseif needsJob(key) == 1 then idle[#idle + 1] = key end
end
local due = call('ZRANGE', at('due'), 0, 0, 'WITHSCORES')
return { page[1], due[2] or '', whole(nowMs), call('SMEMBERS', at('paused')), idle }`;

/** How many wait or run: of one session, or without a key of all. ARGV: key or an empty text. */
export const count: string = `${common}
if ARGV[1] == '' then return tonumber(call('GET', at('count')) or '0') end
return call('ZCARD', of('line', ARGV[1]))`;

/** Whether any of these sessions has something that can run. ARGV: keys. */
export const canGoOn: string = `${common}
for _, key in ipairs(ARGV) do
  if call('EXISTS', of('line', key)) == 1 and not isHeld(key) then return 1 end
end
return 0`;
