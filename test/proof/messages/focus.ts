/** What a program is mainly about. Everything comes up in every program, but what it is about comes up often. */
import fc from 'fast-check';

export type Focus = ReadonlySet<
  'slots' | 'sessions' | 'time' | 'receive' | 'take' | 'control' | 'holds' | 'ids' | 'limits' | 'nested' | 'faults'
>;

export const focuses: readonly Focus[] = [
  new Set(),
  new Set(['take']),
  new Set(['take', 'time']),
  new Set(['receive']),
  new Set(['receive', 'slots']),
  new Set(['receive', 'slots', 'sessions']),
  new Set(['receive', 'time', 'take']),
  new Set(['slots', 'sessions']),
  new Set(['slots', 'sessions', 'control']),
  new Set(['slots', 'time', 'take']),
  new Set(['time']),
  new Set(['control']),
  new Set(['control', 'take', 'receive']),
  new Set(['control', 'holds']),
  new Set(['ids']),
  new Set(['ids', 'control', 'time']),
  new Set(['limits', 'ids']),
  new Set(['limits', 'receive', 'take']),
  new Set(['nested']),
  new Set(['nested', 'limits', 'slots', 'sessions']),
  new Set(['faults']),
  new Set(['faults', 'slots', 'time']),
];

export const messageKeys: readonly string[] = ['a', 'b', '__proto__'];

export function anyKey(focus: Focus): fc.Arbitrary<string> {
  if (focus.has('sessions')) return fc.constantFrom(...messageKeys);
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant('a') },
    { weight: 4, arbitrary: fc.constant('b') },
    { weight: 1, arbitrary: fc.constantFrom(...messageKeys) },
  );
}

/** Undefined, or in two of three cases (one of six) something else; it shrinks to undefined. */
export function maybe<Value>(isOften: boolean, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  const shrinks = { withCrossShrink: true };
  const [without, within] = isOften ? [1, 2] : [5, 1];
  return fc.oneof(shrinks, { weight: without, arbitrary: fc.constant(undefined) }, { weight: within, arbitrary });
}
