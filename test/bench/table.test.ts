/** How the benchmark writes tables and figures. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { formatFailure, formatMemory, formatRatio, formatSpeed } from '../../bench/format-figures.ts';
import type { RunFacts } from '../../bench/format-figures.ts';
import { renderTable } from '../../bench/table.ts';

const facts: RunFacts = {
  command: 'npm run bench',
  date: '2026-01-31',
  machine: 'a machine',
  roundCount: 3,
  taskCount: 1_000,
  limitMs: 20_000,
};

describe('renderTable', () => {
  it('pads every column to its widest cell, text to the left and figures to the right', () => {
    const table = renderTable(
      [{ heading: 'queue' }, { heading: 'ns', side: 'right' }],
      [
        ['a', '1,000'],
        ['longer name', '7'],
      ],
    );
    assert.equal(
      table,
      ['| queue       |    ns |', '| ----------- | ----: |', '| a           | 1,000 |', '| longer name |     7 |'].join(
        '\n',
      ),
    );
  });

  it('leaves room for the ruler, and for cells that are missing', () => {
    assert.equal(
      renderTable([{ heading: 'x' }, { heading: 'y' }], [['1']]),
      '| x   | y   |\n| --- | --- |\n| 1   |     |',
    );
  });
});

describe('figures', () => {
  it('are ratios with two digits that count', () => {
    assert.deepEqual([12.34, 1.069, 0.344, 0.0344, 0.00344].map(formatRatio), [
      '12×',
      '1.07×',
      '0.34×',
      '0.034×',
      '0.0034×',
    ]);
  });

  it('carry a star where a competitor was given fewer tasks', () => {
    const figures = { wallNs: 1, wallQuartilesNs: [1, 1], cpuNs: 1, speed: 0.5, cpuSpeed: 0.5, roundCount: 1 } as const;
    assert.equal(formatSpeed({ ...figures, taskCount: 1_000 }, facts), '0.50×');
    assert.equal(formatSpeed({ ...figures, taskCount: 10 }, facts), '0.50× *');
  });

  it('are words where there are none', () => {
    assert.equal(formatFailure('over the limit', facts), '> 20 s');
    assert.equal(formatFailure('crashed', facts), 'crashed');
    assert.equal(formatSpeed(undefined, facts), '–');
  });

  it('count as nothing left what is less than ten bytes each', () => {
    const reading = { name: 'a', mode: 'plain', waitingTask: { heldBytes: 391.6 } } as const;
    assert.deepEqual(formatMemory({ ...reading, session: { heldBytes: 1_429.2, leftBytes: 2.4 } }, facts), [
      '392',
      '1,429',
      '0',
    ]);
    assert.deepEqual(formatMemory({ ...reading, session: 'over the limit' }, facts), ['392', '> 20 s', '> 20 s']);
    assert.equal(formatMemory({ ...reading, session: { heldBytes: 1, leftBytes: 120 } }, facts)[2], '120');
  });
});
