/** Every test and every rule that docs/guarantees.md names is there, and every guarantee names some. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/run-command.ts';
import { rules } from '../proof/check.ts';

const page = readFileSync(join(root, 'docs/guarantees.md'), 'utf8');
const [promised = ''] = page.split(/^# What is not promised/m);
const sections = promised.split(/^## /m).slice(1);

test('there are twelve guarantees, in order', () => {
  assert.deepEqual(
    sections.map((section) => Number.parseInt(section, 10)),
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
});

for (const section of sections) {
  const [title = ''] = section.split('\n');

  test(`has the proof of "${title}"`, () => {
    const proofs = [...section.matchAll(/^- “([^”]+)” in\s+(test\/[\w/.-]+\.test\.ts)$/gm)];
    assert.equal(proofs.length, section.match(/^- “/gm)?.length ?? 0, 'each line names a test and its file');
    assert.ok(proofs.length > 0);
    for (const [, name = '', file = ''] of proofs) {
      assert.ok(namesOf(file).includes(name), `${file} has no test "${name}"`);
    }
  });
}

test('names every rule of the proof where it belongs, and none that is gone', () => {
  const named = [...promised.matchAll(/^- rules? ((?:“[^”]+”,?\s+)*“[^”]+”)$/gm)].flatMap(([, list = '']) =>
    [...list.matchAll(/“([^”]+)”/g)].map(([, name = '']) => name),
  );
  const known = rules.map(({ name }) => name);
  assert.deepEqual(
    named.filter((name) => !known.includes(name)),
    [],
  );
  const without = known.filter(
    (name) => !named.includes(name) && !name.startsWith('listeners') && !name.startsWith('no listener'),
  );
  assert.deepEqual(without, []);
});

/** The names of a file's tests as they are written, with … for what is put into them. */
function namesOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const names = text.matchAll(/^ *(?:(?:test|it)\(\s*|title: )(['"`])(.*?)\1,/gm);
  return [...names].map(([, , name = '']) => name.replaceAll(/\$\{[^}]*\}/g, '…').replaceAll("\\'", "'"));
}
