/** The benchmark as a whole, at its smallest: two competitors, each in its process, few tasks. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { renderBenchmarksPage } from '../../bench/benchmarks-page.ts';
import type { RunFacts } from '../../bench/format-figures.ts';
import { renderReadmeSection, replaceSection, sectionEnd, sectionStart } from '../../bench/readme-section.ts';
import { baselineName, roster } from '../../bench/roster.ts';
import { runBenchmark } from '../../bench/run-benchmark.ts';
import type { Plan } from '../../bench/run-benchmark.ts';
import { summarize } from '../../bench/summarize.ts';

const plan: Plan = {
  competitors: ['tinyclaw-queue', baselineName],
  workloads: ['deep'],
  modes: ['plain'],
  roundCount: 2,
  // So many that what they hold stands out from what the engine itself keeps and lets go.
  taskCount: 5_000,
  limitMs: 20_000,
};

const facts: RunFacts = { ...plan, command: 'npm run bench', date: '2026-01-31', machine: 'a machine' };

describe('the benchmark', () => {
  it('times, weighs and checks each competitor, and writes figures of it', async () => {
    const readings = await runBenchmark(plan, () => {});
    assert.deepEqual(
      readings.workloads.map(({ name, rounds, faults }) => ({ name, roundCount: rounds.length, faults })),
      plan.competitors.map((name) => ({ name, roundCount: plan.roundCount, faults: [] })),
    );
    for (const name of plan.competitors) {
      const figures = summarize(readings, name, 'deep', 'plain');
      assert.ok(typeof figures === 'object' && figures.wallNs > 0 && figures.cpuNs > 0 && figures.speed > 0);
      const memory = readings.memory.find((reading) => reading.name === name);
      assert.ok(typeof memory?.waitingTask === 'object' && memory.waitingTask.heldBytes > 100);
    }
    const competitors = roster.filter(({ name }) => plan.competitors.includes(name));
    const page = renderBenchmarksPage(readings, competitors, facts);
    for (const { title } of competitors) assert.ok(page.includes(`| ${title}`), `no row for ${title}`);
    const readme = `before\n${sectionStart}\nold\n${sectionEnd}\nafter\n`;
    const written = replaceSection(readme, renderReadmeSection(readings, competitors, facts));
    assert.ok(written.startsWith(`before\n${sectionStart}\n`) && written.endsWith(`${sectionEnd}\nafter\n`));
    assert.ok(!written.includes('old'));
  });

  it('says so when a competitor takes longer than its limit', async () => {
    const readings = await runBenchmark({ ...plan, competitors: ['tinyclaw-queue'], limitMs: 0 }, () => {});
    assert.deepEqual(
      readings.workloads.map(({ failure, rounds, faults }) => ({ failure, rounds, faults })),
      [{ failure: 'over the limit', rounds: [], faults: 'over the limit' }],
    );
  });

  it('refuses a README that has no place for its table', () => {
    assert.throws(() => replaceSection('no markers', 'table'), /bench:start/);
    assert.throws(() => replaceSection(`${sectionEnd} ${sectionStart}`, 'table'), /bench:start/);
  });
});
