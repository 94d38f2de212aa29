/** Stores with one fault each: the suite has to catch every one of them, by the test that is about it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Store } from '#src/core/store.ts';
import { DurableQueue } from '#src/stores/durable-queue.ts';
import { NotCommitted } from '#src/stores/journal.ts';
import type { Ended, Line, StoredDeadLetter, StoredEntry } from '#src/stores/journal.ts';
import { MemoryContents, MemoryJournal } from '#src/stores/memory-journal.ts';
import { testStore } from '#src/testing/index.ts';

type JournalClass = new (...args: ConstructorParameters<typeof MemoryJournal>) => MemoryJournal;

class ForgetsWhatWaits extends MemoryJournal {
  override load(): Iterable<StoredEntry> {
    return [];
  }
}

class LoadsTheNewestFirst extends MemoryJournal {
  override load(): Iterable<StoredEntry> {
    return [...super.load()].toReversed();
  }
}

class ForgetsEnds extends MemoryJournal {
  override findEnded(): Ended | undefined {
    return undefined;
  }
}

class CountsFromTheStart extends MemoryJournal {
  override readonly lastNumber: number = 0;
}

class FencesNobody extends MemoryJournal {
  override readonly lastEpoch: number = 0;
}

class MixesUpKeys extends MemoryJournal {
  override commit(lines: readonly Line[]): void {
    super.commit(
      lines.map((line) => {
        if (line.type !== 'append') return line;
        const key = new TextDecoder().decode(new TextEncoder().encode(line.entry.key));
        return { ...line, entry: { ...line.entry, key } };
      }),
    );
  }
}

class MixesUpDeadLetters extends MemoryJournal {
  override deadLetters(): readonly StoredDeadLetter[] {
    return super.deadLetters(undefined);
  }
}

class StoresNothing extends MemoryJournal {
  override commit(): void {
    throw new NotCommitted('the disk is gone', true);
  }
}

/** Does everything but write lines of this type. */
function without(type: Line['type']): JournalClass {
  return class extends MemoryJournal {
    override commit(lines: readonly Line[]): void {
      super.commit(lines.filter((line) => line.type !== type));
    }
  };
}

const faults: readonly (readonly [fault: string, journal: JournalClass, caughtBy: string])[] = [
  ['forgets what waits', ForgetsWhatWaits, 'gives a ticket in a later life for an entry that still waits'],
  ['loads the newest first', LoadsTheNewestFirst, 'runs in the next life what waited, each session in its order'],
  ['forgets how entries ended', ForgetsEnds, 'knows in a later life how an entry ended'],
  ['gives numbers twice', CountsFromTheStart, 'gives no id and no epoch twice, over all lives'],
  ['gives epochs twice', FencesNobody, 'gives no id and no epoch twice, over all lives'],
  [
    'makes two sessions one whose keys differ in a lone surrogate',
    MixesUpKeys,
    'keeps strange keys and ids apart in a later life, while they wait and when they have ended',
  ],
  ['shows the dead letters of all', MixesUpDeadLetters, 'finds the dead letters of a session with a strange key'],
  ['can not write', StoresNothing, 'gives the caller the very value that its turn returned, also none at all'],
  ['does not write what arrives', without('append'), 'puts what comes in the next life behind what waited'],
  [
    'does not write how entries end',
    without('end'),
    'joins a redelivery in a later life, of an entry that has ended and of one that waits',
  ],
  ['does not write what was dropped', without('forget'), 'does not bring back in a later life what was cancelled'],
  ['does not write how often an entry ran', without('start'), 'counts attempts over lives'],
  ['does not write what has failed', without('again'), 'counts attempts over lives'],
  ['keeps no dead letters', without('bury'), 'keeps dead letters over lives'],
  [
    'leaves a dead letter where it is that is retried',
    without('revive'),
    'runs dead letters again, each at its old place and with all its attempts',
  ],
  [
    'leaves a dead letter where it is that is dropped',
    without('discard'),
    'runs again, and drops, one dead letter by its id',
  ],
  [
    'does not write that a delayed entry has come into line',
    without('due'),
    'keeps the place over lives that a delayed entry took when its time came',
  ],
];

for (const [fault, JournalOf, caughtBy] of faults) {
  test(`catches a store that ${fault}`, async () => {
    await assert.rejects(async () => casesOn(() => new MemoryContents(), JournalOf).get(caughtBy)?.());
  });
}

test('lets the store pass that has none of these faults', async () => {
  const cases = casesOn(() => new MemoryContents(), MemoryJournal);
  for (const caughtBy of new Set(faults.map((fault) => fault[2]))) {
    const run = cases.get(caughtBy);
    assert.ok(run !== undefined, `there is no test "${caughtBy}"`);
    await run();
  }
});

test('skips what the store lacks, and says why', async () => {
  const skipped: string[] = [];
  const run: string[] = [];
  const register = Object.assign((name: string) => run.push(name), { skip: (name: string) => skipped.push(name) });
  const makeStore = (): never => assert.fail('no test was to be run');
  testStore(register, { name: 'x', makeStore, lacks: { delay: 'it has no clock', crash: 'it is a toy' } });
  assert.ok(skipped.includes('x: refuses a delay that is none (skipped: it lacks delay: it has no clock)'));
  assert.ok(run.every((name) => !name.includes('delay')));
  const all: string[] = [];
  testStore((name) => all.push(name), { name: 'x', makeStore, lacks: { delay: 'it has no clock' } });
  assert.ok(all.includes('x: refuses a delay that is none (skipped: it lacks delay: it has no clock)'));
});

test('calls each test by a sentence of its own', () => {
  const cases: string[] = [];
  testStore((name) => cases.push(name), { name: 'x', makeStore: () => assert.fail('no test was to be run') });
  assert.equal(new Set(cases).size, cases.length);
  assert.ok(cases.length > 100, String(cases.length));
});

test('refuses to test a store that nobody can make', () => {
  assert.throws(() => testStore(() => undefined, { name: 'x' } as never), /testStore: there is no makeStore/);
});

function casesOn(
  makeContents: () => MemoryContents,
  JournalOf: JournalClass,
): ReadonlyMap<string, () => Promise<void>> {
  const cases = new Map<string, () => Promise<void>>();
  const makeStore = (): { store: Store; again: () => Store } => {
    const contents = makeContents();
    const store: Store = {
      name: 'broken',
      makeQueue: (options, clock) => {
        const journal = new JournalOf(contents, clock, options.rememberMs, options.rememberMax);
        return new DurableQueue(options, journal, clock);
      },
    };
    return { store, again: () => store };
  };
  testStore((name, run) => cases.set(name.replace('broken: ', ''), run), { name: 'broken', makeStore });
  return cases;
}
