/** What `doctor` says of a SQLite file. */
import { examineFile } from '../../stores/sqlite/examine.ts';
import type { Examination } from '../../stores/sqlite/examine.ts';
import { Reader } from '../../stores/sqlite/reader.ts';
import type { Totals } from '../../stores/sqlite/reader.ts';
import { formatBytes, formatCount } from '../format.ts';
import { printable } from '../printable.ts';
import { describeError } from '../run/result.ts';
import { describeWaiting } from './describe-waiting.ts';
import type { Diagnosis } from './store-access.ts';

export function diagnoseFile(path: string): Diagnosis {
  let found: Examination;
  let totals: Totals | undefined;
  try {
    found = examineFile(path);
  } catch (error) {
    return { problems: [describeError(error).message], warnings: [], rows: [], facts: {} };
  }
  const problems = [...found.problems];
  if (found.hasMoreProblems) problems.push('There is more, which is not told here.');
  if (found.logBytes > longLogBytes) problems.push(longLog);
  try {
    const reader = new Reader(path);
    totals = reader.totals();
    reader.close();
  } catch (error) {
    problems.push(describeError(error).message);
  }
  const { version, fileBytes, logBytes, rows } = found;
  const { waiting, oldestMs, delayed, deadLetters, ended } = totals ?? {};
  const owner = found.isOwned ? { pid: found.lastPid ?? null, isAlive: isAlive(found.lastPid) } : null;
  const since = oldestMs === undefined ? null : new Date(oldestMs).toISOString();
  return {
    problems,
    warnings: [],
    facts: { version, fileBytes, logBytes, owner, rows, waiting, since, delayed, deadLetters, ended },
    rows: [
      ['file', `${printable(path)}, ${formatBytes(fileBytes)}, format ${version}`],
      ['log', formatBytes(logBytes)],
      ['owner', describeOwner(found)],
      ['rows', `${formatCount(rows)} checked`],
      ['waiting', totals && describeWaiting(totals)],
      ['dead letters', totals && formatCount(totals.deadLetters)],
      ['ended', totals && `${formatCount(totals.ended)} still known`],
    ],
  };
}

function describeOwner({ isOwned, lastPid }: Examination): string {
  const last = lastPid === undefined || lastPid === 0 ? undefined : lastPid;
  if (!isOwned) return last === undefined ? 'nobody' : `nobody; process ${last} was the last`;
  if (last === undefined) return 'a process that has not said its name';
  return `process ${last}, ${isAlive(last) ? 'which is alive' : 'which this system does not have: of another container?'}`;
}

/** Whether there is such a process, ours or not. */
function isAlive(pid: number | undefined): boolean {
  if (pid === undefined || pid === 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

// SQLite folds its log in when it has 4 MiB, unless somebody reads what is older.
const longLogBytes = 256 * 1024 * 1024;
const longLog =
  'The write-ahead log is very long. Something reads the file all the time, or has read it for very long; ' +
  'end that (an open sqlite3 shell, a back-up), and the log is folded in by the next commits.';
