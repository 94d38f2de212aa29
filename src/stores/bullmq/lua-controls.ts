/** The scripts of what people do to sessions: cancel, pause, decide about dead letters. */
import { common } from './lua-common.ts';

/**
 * Takes entries out of a session that nobody else has: all that wait or are delayed, or one. ARGV: key, process, ending, id or an
 * empty text, and the ids to leave alone. Gives `owned` with who has the session, or `taken` with
 * id, record and place of each.
 */
export const withdraw: string = `${common}
local key, process, ending = ARGV[1], ARGV[2], ARGV[3]
local owner = ownerOf(key)
if owner and owner ~= process then return { 'owned', owner } end
local isLeft = {}
for i = 5, #ARGV do isLeft[ARGV[i]] = true end
local ids = { ARGV[4] }
if ARGV[4] == '' then
  ids = call('ZRANGE', of('line', key), 0, -1)
  for _, id in ipairs(call('ZRANGE', of('later', key), 0, -1)) do ids[#ids + 1] = id end
end
local taken = { 'taken' }
for _, id in ipairs(ids) do
  local record = call('HGET', of('entries', key), id)
  if record and not isLeft[id] then
    local place = call('ZSCORE', of('line', key), id)
    remove(key, id)
    remember(key, id, ending, '60000')
    tell(key, id, ending, cjson.decode(record)['from'], process)
    taken[#taken + 1] = id
    taken[#taken + 1] = record
    taken[#taken + 1] = place and whole(tonumber(place)) or ''
  end
end
return taken`;

/** Pauses or resumes. ARGV: key or `*`, `pause` or `resume`, process. Gives whether a job is needed. */
export const pause: string = `${common}
call(ARGV[2] == 'pause' and 'SADD' or 'SREM', at('paused'), ARGV[1])
call('PUBLISH', at('all'), table.concat({ ARGV[2], ARGV[3], ARGV[1] }, '\\n'))
if ARGV[1] ~= '*' and ARGV[2] == 'resume' and call('SISMEMBER', at('work'), ARGV[1]) == 1 then return needsJob(ARGV[1]) end
return 0`;

/** Dead letters, of one session or all. ARGV: key or an empty text. Gives key, id, dead letter of each. */
export const listDead: string = `${common}
local keys = { ARGV[1] }
if ARGV[1] == '' then keys = call('SMEMBERS', at('deadKeys')) end
local letters = {}
for _, key in ipairs(keys) do
  local found = call('HGETALL', of('dead', key))
  for i = 1, #found, 2 do
    letters[#letters + 1] = key
    letters[#letters + 1] = found[i]
    letters[#letters + 1] = found[i + 1]
  end
end
return letters`;

/**
 * Decides about dead letters of a session. ARGV: key, `retry` or `drop`, and for each: id, place, record, state. Gives how many
 * were there, and whether the session needs a job.
 */
export const decideDead: string = `${common}
local key, decided = ARGV[1], 0
for i = 3, #ARGV, 4 do
  local id = ARGV[i]
  if call('HDEL', of('dead', key), id) == 1 then
    decided = decided + 1
    if ARGV[2] == 'retry' then
      call('HSET', of('entries', key), id, ARGV[i + 2])
      call('HSET', of('state', key), id, ARGV[i + 3])
      putIntoLine(key, id, tonumber(ARGV[i + 1]))
      showOwner(key, id, tonumber(ARGV[i + 1]), ARGV[i + 2])
    end
  end
end
if call('EXISTS', of('dead', key)) == 0 then
  call('SREM', at('deadKeys'), key)
  call('SREM', at('blocked'), key)
end
if call('SISMEMBER', at('work'), key) == 1 then return { decided, needsJob(key) } end
return { decided, 0 }`;
