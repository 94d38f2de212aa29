/** What the summary counts, and how it writes it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { escapeInvisible, printable } from '#src/cli/printable.ts';
import { formatCount, formatDuration } from '#src/cli/format.ts';
import { SessionCounts } from '#src/cli/run/session-counts.ts';

describe('the summary', () => {
  test('counts sessions and names the busiest', () => {
    const counts = new SessionCounts();
    assert.equal(counts.most, undefined);
    for (const key of ['ada', 'bob', '', 'bob', '__proto__', 'ada', 'bob']) counts.add(key);
    assert.deepEqual([counts.size, counts.isOverLimit, counts.most], [4, false, { key: 'bob', lines: 3 }]);
  });

  test('counts no more than 100,000 sessions, and says so', () => {
    const counts = new SessionCounts();
    for (let n = 0; n < 100_000; n += 1) counts.add(`session ${n}`);
    assert.equal(counts.isOverLimit, false);
    counts.add('one more');
    counts.add('one more');
    counts.add('session 7');
    assert.deepEqual([counts.size, counts.isOverLimit, counts.most], [100_000, true, { key: 'session 7', lines: 2 }]);
  });

  test('tells long keys apart without keeping them', () => {
    const counts = new SessionCounts();
    counts.add(`${'x'.repeat(1_000_000)}a`);
    counts.add(`${'x'.repeat(1_000_000)}b`);
    counts.add(`${'x'.repeat(1_000_000)}b`);
    assert.equal(counts.size, 2);
    assert.equal(counts.most?.lines, 2);
    assert.ok(counts.most.key.length < 100);
  });

  test('writes numbers and times as people read them', () => {
    assert.deepEqual([0, 999, 1_000, 1_234_567].map(formatCount), ['0', '999', '1,000', '1,234,567']);
    const times: readonly (readonly [durationMs: number, text: string])[] = [
      [0, '0 ms'],
      [999.9, '999 ms'],
      [1_000, '1.0 s'],
      [59_999, '59.9 s'],
      [60_000, '1 min 0 s'],
      [3_599_999, '59 min 59 s'],
      [3_600_000, '1 h 0 min'],
      [90_061_000, '25 h 1 min'],
    ];
    for (const [durationMs, text] of times) assert.equal(formatDuration(durationMs), text);
  });
});

describe('text from outside', () => {
  test('loses every character that a terminal obeys or hides, and no other', () => {
    const obeyed = '\u0000\u0007\u001b\u007f\u009b\u200e\u202e\u2066\u061c\ufeff\u2028\ud800';
    assert.equal(
      escapeInvisible(obeyed),
      String.raw`\u0000\u0007\u001b\u007f\u009b\u200e\u202e\u2066\u061c\ufeff\u2028\ud800`,
    );
    assert.equal(escapeInvisible('\u{e0041}'), String.raw`\udb40\udc41`);
    assert.equal(escapeInvisible('naïve "日本" 😀\\'), 'naïve "日本" 😀\\');
  });

  test('stays the same JSON', () => {
    const value = { text: 'a\n\u001b\u009b\u202e\u{e0041}😀\\u0041', '\u200b': 1 };
    assert.deepEqual(JSON.parse(escapeInvisible(JSON.stringify(value))), value);
  });

  test('is cut where it is long; half a character is escaped like the rest', () => {
    assert.equal(printable('x'.repeat(11), 10), `${'x'.repeat(10)}…`);
    assert.equal(printable('123456789😀', 10), String.raw`123456789\ud83d…`);
  });
});
