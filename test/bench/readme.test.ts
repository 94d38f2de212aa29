/** The README's table of figures is one that the benchmark wrote, for everyone who takes part. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { readmeColumns, sectionEnd, sectionStart } from '../../bench/readme-section.ts';
import { roster } from '../../bench/roster.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

describe("the README's table of figures", () => {
  const section = readme.slice(readme.indexOf(sectionStart), readme.indexOf(sectionEnd));
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  const [headings, , ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

  it('has the columns that the benchmark writes, and a row for everyone who takes part', () => {
    assert.deepEqual(
      headings,
      readmeColumns.map(({ heading }) => heading),
    );
    assert.deepEqual(
      rows.map(([title]) => title),
      roster.map(({ title }) => title),
    );
  });

  it('has in every cell what the benchmark would write there', () => {
    const ratio = /^(1|\d+(\.\d+)?×( \*)?|> \d+ s|crashed)$/;
    const bytes = /^(\d{1,3}(,\d{3})*|> \d+ s|crashed|–)$/;
    assert.equal(rows.length, roster.length);
    for (const [title, ...cells] of rows) {
      assert.equal(cells.length, readmeColumns.length - 1, title);
      for (const cell of cells.slice(0, 4)) assert.match(cell, ratio, title);
      for (const cell of cells.slice(4, 7)) assert.match(cell, bytes, title);
      assert.notEqual(cells[7], '', title);
    }
  });

  it('says with which command, where and when it was written, and where the rest is', () => {
    assert.match(section, /Written by `npm run bench -- [^`]*--write[^`]*`/);
    assert.match(section, /\(Node v\d+\.\d+\.\d+, .+, \d{4}-\d{2}-\d{2}\)/);
    assert.ok(section.includes('(docs/benchmarks.md)'));
    assert.ok(existsSync(new URL('../../docs/benchmarks.md', import.meta.url)));
  });
});
