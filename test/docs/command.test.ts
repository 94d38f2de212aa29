/** Every command of docs/command.md works, and writes what the page says. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { commandFile, makeFolder, startProgram } from '../cli/cli-process.ts';
import { skipsStores } from '../cli/store-cli.ts';

const page = await readFile(join(import.meta.dirname, '../../docs/command.md'), 'utf8');
const lacksJq = spawnSync('jq', ['--version']).status === 0 ? false : 'needs jq, which the recipes use';

describe('docs/command.md', { concurrency: true }, () => {
  const blocks = readBlocks(page);
  const files = blocks.filter(({ name }) => name.includes('.'));

  for (const [at, { language, content, line }] of blocks.entries()) {
    if (language !== 'sh') continue;
    test(`line ${line}: ${content.split('\n')[0]}`, { skip: skipOf(content) }, async (context) => {
      const folder = await makeFolder(context);
      for (const file of files) await writeFile(join(folder, file.name), file.content);
      const run = startProgram('sh', ['-ec', content], { cwd: folder, input: '', env: await installCommand(folder) });
      const { exitCode, stdout, stderr } = await run.ended;
      assert.equal(exitCode, 0, stderr);
      const expected = blocks.slice(at + 1).find(({ language, name }) => language !== 'js' && !name.includes('.'));
      const normalize = expected?.name === 'sorted' ? sortLines : (text: string): string => text;
      assert.equal(normalize(withoutDetails(stdout)), normalize(withoutDetails(expected?.content ?? '')));
    });
  }

  test('has commands, and names each option and exit code that the help names', () => {
    assert.ok(blocks.filter(({ language }) => language === 'sh').length >= 7);
    const { stdout } = spawnSync(process.execPath, [commandFile, 'run', '--help'], { encoding: 'utf8' });
    for (const [option] of stdout.matchAll(/--[a-z-]+ <\w+>/g)) assert.ok(page.includes(`\`${option}\``), option);
    for (const code of [0, 1, 2, 130, 143, 141]) assert.match(page, new RegExp(`^\\| ${code} +\\|`, 'm'));
  });
});

function skipOf(content: string): string | false {
  return content.includes('--store') ? skipsStores : content.includes('jq ') && lacksJq;
}

interface Block {
  readonly language: string;
  /** A file that the page's commands use, or how the block is compared. */
  readonly name: string;
  readonly content: string;
  readonly line: number;
}

function readBlocks(text: string): Block[] {
  const blocks = text.matchAll(/^```(?<language>\w+) ?(?<name>.*)\n(?<content>[^]*?)^```$/gm);
  return [...blocks].map(({ index, groups: { language = '', name = '', content = '' } = {} }) => ({
    language,
    name,
    content,
    line: text.slice(0, index).split('\n').length,
  }));
}

/** Times differ from run to run, and the text of the engine's messages is not this page's to fix. */
function withoutDetails(output: string): string {
  return output
    .replaceAll(/"(waitedMs|ranMs)":[\d.]+/g, '"$1":N')
    .replaceAll(/("name":"QueueError","message":)"(?:[^"\\]|\\.)*"/g, '$1"…"')
    .replaceAll(/\b\d+(?:\.\d)? m?s\b/g, 'T')
    .replaceAll(/ {2,}/g, '  ');
}

function sortLines(output: string): string {
  return output.split('\n').toSorted().join('\n');
}

async function installCommand(folder: string): Promise<{ readonly PATH: string }> {
  const programs = join(folder, 'programs');
  await mkdir(programs);
  const program = join(programs, 'tinyclaw-queue');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${commandFile}' "$@"\n`);
  await chmod(program, 0o755);
  return { PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` };
}
