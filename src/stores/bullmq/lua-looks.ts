/** The scripts of who only looks. They write nothing, and read a page at a time, so that Redis is held up by none of them. */
import { common } from './lua-common.ts';

/**
 * Whether anything is there of the queue. Gives that, how many entries are in lines, how many sessions are blocked, and what is
 * paused: keys, or `*`.
 */
export const lookAtQueue: string = `${common}
local isThere = call('EXISTS', at('tick')) + call('EXISTS', base .. 'meta')
return { isThere, tonumber(call('GET', at('count')) or '0'), call('SCARD', at('blocked')), call('SMEMBERS', at('paused')) }`;

/**
 * Some of the sessions that have something. ARGV: `work`, `due` or `deadKeys`, cursor. Gives the next cursor, and keys. What
 * comes and goes meanwhile may be left out, or be given twice.
 */
export const lookForKeys: string = `${common}
if ARGV[1] ~= 'due' then return call('SSCAN', at(ARGV[1]), ARGV[2], 'COUNT', 500) end
local page = call('ZSCAN', at('due'), ARGV[2], 'COUNT', 500)
local keys = {}
for i = 1, #page[2], 2 do keys[#keys + 1] = page[2][i] end
return { page[1], keys }`;

/**
 * What sessions have. ARGV: of how many entries of a line it is looked at how old they are, and keys. Gives for each: waiting, when
 * the oldest of those looked at was enqueued (ms), delayed, when the next of those is due (ms), dead letters, and whether it has work but no job.
 */
export const lookAtSessions: string = `${common}
local found = {}
for i = 2, #ARGV do
  local key = ARGV[i]
  local oldest = ''
  for _, id in ipairs(call('ZRANGE', of('line', key), 0, tonumber(ARGV[1]) - 1)) do
    local ms = string.match(call('HGET', of('entries', key), id) or '', '"enqueuedMs":([%d.]+)')
    if ms and (oldest == '' or tonumber(ms) < tonumber(oldest)) then oldest = ms end
  end
  local next = call('ZRANGE', of('later', key), 0, 0, 'WITHSCORES')
  local waiting = call('ZCARD', of('line', key))
  local isIdle = waiting > 0 and needsJob(key) == 1 and not ownerOf(key)
  found[#found + 1] = { waiting, oldest, call('ZCARD', of('later', key)), next[2] or '', call('HLEN', of('dead', key)), isIdle and 1 or 0 }
end
return found`;

/**
 * A page of a session's entries. ARGV: key, `line` or `later`, the place or time to begin at, how many, and how many bytes at
 * most. Gives for each: id, place or time, record, state.
 */
export const lookAtEntries: string = `${common}
local key, bytes = ARGV[1], 0
local found = call('ZRANGEBYSCORE', of(ARGV[2], key), ARGV[3], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[4])
local entries = {}
for i = 1, #found, 2 do
  local record = call('HGET', of('entries', key), found[i]) or ''
  bytes = bytes + #record
  if i > 3 and bytes > tonumber(ARGV[5]) then break end
  entries[#entries + 1] = found[i]
  entries[#entries + 1] = whole(tonumber(found[i + 1]))
  entries[#entries + 1] = record
  entries[#entries + 1] = call('HGET', of('state', key), found[i]) or ''
end
return entries`;

/**
 * Who has sessions. ARGV: cursor. Gives the next cursor, and for each session: process, and for how long its lock still holds (ms;
 * less than 0 when it has none).
 */
export const lookAtOwners: string = `${common}
local page = call('HSCAN', at('owners'), ARGV[1], 'COUNT', 500)
local found = {}
for i = 2, #page[2], 2 do
  local process, job, token = string.match(page[2][i], '^(%S+) (%S+) (%S+)$')
  if process then
    found[#found + 1] = process
    found[#found + 1] = lockIs(job, token) and call('PTTL', base .. job .. ':lock') or -2
  end
end
return { page[1], found }`;
