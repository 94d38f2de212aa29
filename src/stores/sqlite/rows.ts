/** The rows of the file, and the checksums that tell a damaged one. */
import { crc32 } from 'node:zlib';

import type { Ended, Ending, StoredDeadLetter, StoredEntry } from '../journal.ts';
import type { Row, Value } from './driver.ts';

/** Where an entry is in its life: what of its row changes. */
export interface State {
  readonly place: number;
  readonly dueMs: number | null;
  readonly attempt: number;
  readonly failures: number;
}

/**
 * A key or an id as it is written: as JSON, because any string is one, and SQLite's text can't keep those that are not
 * well-formed, which would make two sessions one.
 */
export function toText(key: string): string {
  return JSON.stringify(key);
}

/** The number of an entry to which the queue has given the id. */
export function numberOfId(id: string): number | undefined {
  const number = id.startsWith('#') ? Number(id.slice(1)) : NaN;
  return `#${number}` === id ? number : undefined;
}

export function checksumOf(...parts: readonly Value[]): number {
  // Signed, so that nearly every one takes four bytes: see the schema for why a row keeps its length.
  return crc32(JSON.stringify(parts)) | 0;
}

/** The values of an entry's row, in the order of `entryColumns`, and its two checksums. */
export function entryRow({ number, key, id, message, options, enqueuedMs }: StoredEntry, state: State): Value[] {
  const { place, dueMs, attempt, failures } = state;
  const fixed = [enqueuedMs, toText(key), idText(number, id), JSON.stringify(options), message] as const;
  const checksum = checksumOf(number, ...fixed);
  return [number, place, dueMs, attempt, failures, ...fixed, checksum, stateChecksumOf(number, state)];
}

/** The values of the row of an end, in the order of its columns but for the first. */
export function endRow({ number, key, id }: StoredEntry, ending: Ending, endedMs: number): Value[] {
  const values = [number, toText(key), idText(number, id), JSON.stringify(ending), endedMs];
  return [...values, checksumOf(...values)];
}

/** The values of a dead letter's row, made of the entry's: those of `entryColumns`, its error and time, and its checksum. */
export function deadLetterRow(row: Row, path: string, error: StoredDeadLetter['error'], failedMs: number): Value[] {
  checkEntry(row, path);
  const values = [...valuesOf(row, entryColumns), JSON.stringify(error), failedMs];
  return [...values, checksumOf(...values)];
}

export function stateChecksumOf(number: number, { place, dueMs, attempt, failures }: State): number {
  return checksumOf(number, place, dueMs, attempt, failures);
}

/** @throws Error when that part of the row is damaged */
export function readState(row: Row, path: string): State {
  check(row, ['number', 'place', 'dueMs', 'attempt', 'failures'], row['stateChecksum'], 'entries', path);
  return {
    place: Number(row['place']),
    dueMs: orNothing(row['dueMs']) ?? null,
    attempt: Number(row['attempt']),
    failures: Number(row['failures']),
  };
}

/** @throws Error when the row is damaged */
export function checkEntry(row: Row, path: string): void {
  check(row, ['number', 'enqueuedMs', 'key', 'id', 'options', 'message'], row['checksum'], 'entries', path);
  readState(row, path);
}

/** @throws Error when the row is damaged */
export function checkEnd(row: Row, path: string): void {
  check(row, ['number', 'key', 'id', 'ending', 'endedMs'], row['checksum'], 'ended', path);
}

/** @throws Error when the row is damaged */
export function checkDeadLetter(row: Row, path: string): void {
  check(row, [...entryColumns, 'error', 'failedMs'], row['checksum'], 'deadLetters', path);
}

/** Of a row that was checked. */
export function readEntry(row: Row): StoredEntry {
  const number = Number(row['number']);
  const id = row['id'];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- they were written by entryRow, as the checksum says
  const options = JSON.parse(String(row['options'])) as StoredEntry['options'];
  return {
    number,
    key: fromText(row['key']),
    id: id === null ? `#${number}` : fromText(id),
    message: String(row['message']),
    enqueuedMs: Number(row['enqueuedMs']),
    dueMs: orNothing(row['dueMs']),
    attempt: Number(row['attempt']),
    failures: Number(row['failures']),
    options,
  };
}

/** @throws Error when the row is damaged */
export function readDeadLetter(row: Row, path: string): StoredDeadLetter {
  checkDeadLetter(row, path);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was written by deadLetterRow, as the checksum says
  const error = JSON.parse(String(row['error'])) as StoredDeadLetter['error'];
  return { ...readEntry(row), error, failedMs: Number(row['failedMs']) };
}

/** @throws Error when the row is damaged */
export function readEnded(row: Row, path: string): Ended {
  checkEnd(row, path);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was written by endRow, as the checksum says
  const ending = JSON.parse(String(row['ending'])) as Ending;
  return { ending, endedMs: Number(row['endedMs']) };
}

/** What both kinds of entries have, waiting and dead ones. */
export const entryColumns = [
  'number',
  'place',
  'dueMs',
  'attempt',
  'failures',
  'enqueuedMs',
  'key',
  'id',
  'options',
  'message',
] as const;

function idText(number: number, id: string): string | null {
  return numberOfId(id) === number ? null : toText(id);
}

function valuesOf(row: Row, names: readonly string[]): Value[] {
  return names.map((name) => row[name] ?? null);
}

function fromText(text: Value | undefined): string {
  return String(JSON.parse(String(text)));
}

function orNothing(value: Value | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function check(row: Row, names: readonly string[], checksum: unknown, table: string, path: string): void {
  if (checksum !== checksumOf(...valuesOf(row, names))) throw damaged(path, table, row['number']);
}

/** The error of a row that isn't what was written. */
export function damaged(path: string, table: string, row: unknown): Error {
  return new Error(
    `sqlite: row ${String(row)} of ${table} in ${JSON.stringify(path)} is damaged. The file was left as it is. ` +
      'Restore a back-up, or look at it with `tinyclaw-queue doctor --store` and take the row out with sqlite3.',
  );
}
