/**
 * What every script begins with: the names of the keys, and the few acts that several scripts share. Keys and ids of entries come
 * as JSON text, so that any string is one, lone surrogates included.
 *
 * Under the prefix and name of the BullMQ queue, `lane:…`:
 * - `line:KEY` (sorted set): ids by place; `later:KEY`: ids by the time they are due
 * - `entries:KEY` (hash): id → record, written once; `state:KEY` (hash): id → starts, failures, held until
 * - `dead:KEY` (hash): id → dead letter; `deadKeys` (set): sessions that have some
 * - `end:KEY:ID` (string): how it ended, until it is forgotten; `watch:KEY` (set): processes that want to be told
 * - `work` (set): sessions with a line; `paused`, `blocked` (sets); `due` (sorted set): sessions by their first due time
 * - `owners` (hash): KEY → process, job and lock token of its lease
 * - `count`: entries in lines; `tick`: the last place or epoch given out
 */
export const common: string = `
local base = KEYS[1]
local call = redis.call
local function at(name) return base .. 'lane:' .. name end
local function of(name, key) return base .. 'lane:' .. name .. ':' .. key end
local function whole(number) return string.format('%.0f', number) end
local function nowMicros()
  local time = call('TIME')
  return time[1] * 1000000 + time[2]
end
-- Places and epochs grow for ever: with the clock, or by one where that stands still. So they survive a FLUSHALL.
local function tick()
  local value = math.max(tonumber(call('GET', at('tick')) or '0') + 1, nowMicros())
  call('SET', at('tick'), whole(value))
  return value
end
local function lockIs(job, token) return call('GET', base .. job .. ':lock') == token end
-- The process that has the session, if any has.
local function ownerOf(key)
  local owner = call('HGET', at('owners'), key)
  if not owner then return nil end
  local process, job, token = string.match(owner, '^(%S+) (%S+) (%S+)$')
  if process and lockIs(job, token) then return process end
  return nil
end
local function isHeld(key)
  return call('SISMEMBER', at('paused'), '*') == 1 or call('SISMEMBER', at('paused'), key) == 1
    or call('SISMEMBER', at('blocked'), key) == 1
end
-- Whether the session needs a job: it has none, or one that has looked for the last time.
local function needsJob(key)
  if isHeld(key) then return 0 end
  local job = call('GET', base .. 'de:' .. key)
  if not job or call('EXISTS', base .. job) == 0 or call('HEXISTS', base .. job, 'laneReleased') == 1 then return 1 end
  return 0
end
local function putIntoLine(key, id, place)
  call('ZADD', of('line', key), whole(place), id)
  call('SADD', at('work'), key)
  call('INCR', at('count'))
end
local function sendTo(process, ...) call('PUBLISH', at('to:' .. process), table.concat({...}, '\\n')) end
-- Who has the session is shown the entry at once, and the place of the one before it: whoever does not know that one has missed
-- something, and reads. It would find the entry anyway, before it lets go.
local function showOwner(key, id, place, record)
  local process = ownerOf(key)
  if not process then return end
  local before = call('ZREVRANGEBYSCORE', of('line', key), '(' .. whole(place), '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  sendTo(process, 'arrived', key, id, whole(place), before[2] and whole(tonumber(before[2])) or '', record)
end
-- The process that does it tells itself at once: a message to itself might come when the id is another entry's already.
local function tell(key, id, ending, from, itself)
  if from ~= '' and from ~= itself then sendTo(from, 'ended', key, id, ending) end
  for _, process in ipairs(call('SMEMBERS', of('watch', key))) do
    if process ~= from and process ~= itself then sendTo(process, 'ended', key, id, ending) end
  end
end
local function noteEmpty()
  if tonumber(call('GET', at('count')) or '0') <= 0 then call('PUBLISH', at('all'), 'drained') end
end
-- Takes an entry out, wherever it waits. Whether it was there.
local function remove(key, id)
  call('HDEL', of('entries', key), id)
  call('HDEL', of('state', key), id)
  if call('ZREM', of('line', key), id) == 1 then
    if call('DECR', at('count')) <= 0 then noteEmpty() end
    return true
  end
  return call('ZREM', of('later', key), id) == 1
end
local function endKey(key, id) return of('end', key) .. ':' .. id end
local function remember(key, id, ending, rememberMs)
  if tonumber(rememberMs) > 0 then call('SET', endKey(key, id), ending, 'PX', rememberMs) end
end
local function isDropped(ending) return string.find(ending, '{"type":"dropped"', 1, true) == 1 end
-- The first entries of a line behind a place, as id, place, record, state.
local function readLine(key, after, most)
  local found = call('ZRANGEBYSCORE', of('line', key), after, '+inf', 'WITHSCORES', 'LIMIT', 0, most)
  local entries = {}
  for i = 1, #found, 2 do
    local id = found[i]
    entries[#entries + 1] = id
    entries[#entries + 1] = whole(tonumber(found[i + 1]))
    entries[#entries + 1] = call('HGET', of('entries', key), id) or ''
    entries[#entries + 1] = call('HGET', of('state', key), id) or ''
  end
  return entries
end
local function letGo(key, job)
  call('HDEL', at('owners'), key)
  if call('EXISTS', base .. job) == 1 then call('HSET', base .. job, 'laneReleased', '1') end
end
local function releaseIfEmpty(key, job)
  if call('EXISTS', of('line', key)) == 1 then return false end
  letGo(key, job)
  call('SREM', at('work'), key)
  return true
end
`;
