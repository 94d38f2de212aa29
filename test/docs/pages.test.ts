/** The pages hold together: links lead somewhere, files that are named exist, and shell commands work. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { readPageBlocks } from '../../scripts/doc-blocks.ts';
import { root } from '../../scripts/run-command.ts';
import { runShell } from './run-shell.ts';

const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root });

for (const page of pages) {
  test(`every link of ${page} leads to a file, and to a heading of it`, () => {
    const text = read(page);
    for (const [, target = ''] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', heading] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      assert.ok(existsSync(join(root, file)), `${page} links to ${target}, which is not there`);
      if (heading !== undefined && file.endsWith('.md')) assert.ok(headingsOf(read(file)).includes(heading), target);
    }
  });
}

test('the architecture names every file of the core, and none that is gone', () => {
  const [, section = ''] = /^## src\/core, file by file\n([^]*?)^## /m.exec(read('ARCHITECTURE.md')) ?? [];
  const named = [...section.matchAll(/`([\w-]+\.ts)`/g)].map(([, name = '']) => name);
  assert.deepEqual(named.toSorted(), globSync('*.ts', { cwd: join(root, 'src/core') }).toSorted());
});

test('every code of an error is in the picture of the life cycle, and in the table of endings', () => {
  const [, union = ''] = /^export type QueueErrorCode =([^;]*);/m.exec(read('src/core/queue-error.ts')) ?? [];
  const codes = [...union.matchAll(/'([^']+)'/g)].map(([, code = '']) => code);
  assert.ok(codes.length > 0);
  const picture = read('docs/life-cycle.svg');
  const concepts = read('docs/concepts.md');
  for (const code of codes) {
    assert.ok(picture.includes(code), `the picture has no ${code}`);
    assert.match(concepts, new RegExp(`^\\| \`${code}\` +\\|`, 'm'));
  }
});

test('the README tells the example log and its run as they are', () => {
  const lines = read('examples/conversations.jsonl').trim().split('\n');
  const sessions = new Set(lines.map((line) => (JSON.parse(line) as { readonly session: string }).session));
  const readme = read('README.md').replaceAll(/\s+/g, ' ');
  assert.ok(readme.includes(`${lines.length.toLocaleString('en-US')} chat messages of ${sessions.size} sessions`));
  const [, concurrency = ''] = /--concurrency (\d+)/.exec(read('package.json')) ?? [];
  assert.ok(readme.includes(`${concurrency} sessions at once`));
});

/** Commands that are not run here, and why. */
const notRun: readonly { readonly command: RegExp; readonly reason: string }[] = [
  { command: /^npm (ci|test|run check)\b/m, reason: 'it would run this very test; .ci/run runs it as it is written' },
  { command: /^npm run bench\b/m, reason: 'it takes many minutes' },
  { command: /PROOF_SEED/, reason: 'it runs the proof once more; npm test runs it already' },
  { command: /^npm exec -- node .* test\/core/m, reason: 'it runs tests that npm test runs already' },
];

describe('every shell command of the pages works', { concurrency: 2 }, () => {
  for (const { page, line, code, language } of readPageBlocks()) {
    if (language !== 'sh') continue;
    const reason = notRun.find(({ command }) => command.test(code))?.reason;
    test(`${page}:${line}`, { skip: reason ?? false }, async () => {
      const { exitCode, output } = await runShell(code);
      assert.equal(exitCode, 0, output);
    });
  }
});

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

/** As GitHub and most renderers name them. */
function headingsOf(text: string): readonly string[] {
  return [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
