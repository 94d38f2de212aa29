/** The scripts of a lease: take it, read on, write what happened, let go. None passes the fence without BullMQ's lock. */
import { common } from './lua-common.ts';

/**
 * Takes the session for whoever has the lock of its job. ARGV: key, process, job, token, how many entries at most. Gives
 * `fenced`, `held`, `empty`, or `leased` with an epoch, the server's time (ms), how many wait, and the entries.
 */
export const lease: string = `${common}
local key, process, job, token = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if not lockIs(job, token) then return { 'fenced' } end
if isHeld(key) then
  letGo(key, job)
  return { 'held' }
end
if releaseIfEmpty(key, job) then return { 'empty' } end
call('HDEL', base .. job, 'laneReleased')
call('HSET', at('owners'), key, process .. ' ' .. job .. ' ' .. token)
return { 'leased', whole(tick()), whole(math.floor(nowMicros() / 1000)), call('ZCARD', of('line', key)), readLine(key, '-inf', ARGV[5]) }`;

/** Reads on. ARGV: key, job, token, the place to begin behind, how many at most. Gives `fenced`, or `more` as above. */
export const read: string = `${common}
local key = ARGV[1]
if not lockIs(ARGV[2], ARGV[3]) then return { 'fenced' } end
return { 'more', whole(math.floor(nowMicros() / 1000)), call('ZCARD', of('line', key)), readLine(key, ARGV[4], ARGV[5]) }`;

/**
 * Lets go of the session. ARGV: key, job, token, most, and how: `empty` only if nothing waits (otherwise gives `more`), `yield`
 * in any case, `end` for a session that needs nobody. Gives `fenced`, `released`, or `more`.
 */
export const release: string = `${common}
local key, job = ARGV[1], ARGV[2]
if not lockIs(job, ARGV[3]) then return { 'fenced' } end
if releaseIfEmpty(key, job) then return { 'released', 0 } end
if ARGV[5] == 'yield' then
  letGo(key, job)
  return { 'released', needsJob(key) }
end
return { 'more', whole(math.floor(nowMicros() / 1000)), call('ZCARD', of('line', key)), readLine(key, '-inf', ARGV[4]) }`;

/**
 * Writes what happened to entries of a leased session. ARGV: key, job, token, the greatest epoch used, rememberMs, whether to
 * let go when nothing is left, and for each act: what, id, two texts. Acts: `state` (state), `end` (ending, whom to tell),
 * `drop` (the same; known for a minute), `bury` (dead letter, whom to tell), `block`. Idempotent. Gives `fenced`, or `done`
 * or `released` with the number of jobs that wait.
 */
export const commit: string = `${common}
local key, job = ARGV[1], ARGV[2]
if not lockIs(job, ARGV[3]) then return { 'fenced', 0 } end
if tonumber(ARGV[4]) > tonumber(call('GET', at('tick')) or '0') then call('SET', at('tick'), ARGV[4]) end
local itself = string.match(call('HGET', at('owners'), key) or '', '^(%S+)')
for i = 7, #ARGV, 4 do
  local what, id, text, from = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  if what == 'state' then
    if call('HEXISTS', of('entries', key), id) == 1 then call('HSET', of('state', key), id, text) end
  elseif what == 'block' then call('SADD', at('blocked'), key)
  elseif remove(key, id) then
    if what == 'bury' then
      call('HSET', of('dead', key), id, text)
      call('SADD', at('deadKeys'), key)
    else remember(key, id, text, what == 'drop' and '60000' or ARGV[5]) end
    tell(key, id, text, from, itself)
  end
end
local waiting = call('LLEN', base .. 'wait')
if ARGV[6] == '1' and releaseIfEmpty(key, job) then return { 'released', waiting } end
return { 'done', waiting }`;
