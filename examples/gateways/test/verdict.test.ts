/** The verdict says what went wrong, whatever it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findFaults } from '../verdict.ts';
import type { Happening } from '../verdict.ts';

const texts: Readonly<Record<string, string>> = { 1: 'one', 2: 'two' };
const sent = (id: string): Happening => ({ type: 'sent', message: { id, user: 'Ada', text: texts[id] ?? '' } });
const begins = (id: string, by = 'A'): Happening => ({ type: 'begins', id, by });
const finished = (id: string, by = 'A'): Happening => ({ type: 'finished', id, by });
const told = (id: string, by = 'A'): Happening => ({ type: 'told', id, by });
const killed: Happening = { type: 'killed', by: 'A' };

const both = [sent('1'), sent('2')];
const well = [begins('1'), finished('1'), begins('2'), finished('2'), told('1'), told('2')];

const cases: readonly (readonly [name: string, happenings: readonly Happening[], faults: readonly string[]])[] = [
  ['finds nothing where all went well', [...both, ...well], []],
  [
    'finds nothing where a killed gateway had begun',
    [sent('1'), begins('1'), killed, begins('1', 'B'), finished('1', 'B'), told('1', 'B')],
    [],
  ],
  ['finds a lost message', [...both, ...well.slice(0, 2), told('1')], ['Ada was never told the answer to “two”']],
  [
    'finds a message that was answered twice',
    [...both, ...well, begins('2', 'B'), finished('2', 'B')],
    ['“two” of Ada was answered 2 times'],
  ],
  ['finds an answer that was told twice', [...both, ...well, told('2')], ['Ada was told an answer to “two” 2 times']],
  [
    'finds an answer that is not the one that was given',
    [sent('1'), begins('1'), finished('1'), told('1', 'B')],
    ['“one” of Ada was answered by A, not B'],
  ],
  [
    'finds a wrong order',
    [...both, begins('2'), finished('2'), begins('1'), finished('1'), told('1'), told('2')],
    ['Ada: “two” was answered before “one”'],
  ],
  [
    'finds two turns at once',
    [...both, begins('1'), begins('2', 'B'), finished('1'), finished('2', 'B'), told('1'), told('2', 'B')],
    ['Ada: “two” began while “one” was running'],
  ],
];

for (const [name, happenings, faults] of cases) {
  test(name, () => assert.deepEqual(findFaults(happenings), faults));
}
