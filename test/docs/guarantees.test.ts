/** Every test and every rule that docs/guarantees.md names is there, and every guarantee names some. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/run-command.ts';
import { rules } from '../proof/check.ts';
import { messageRules } from '../proof/messages/check.ts';

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
    const named = [...section.matchAll(/^- “([^”]+)” in\s+(test\/[\w/.-]+\.test\.ts)$/gm)];
    assert.equal(named.length, section.match(/^- “/gm)?.length ?? 0, 'each line names a test and its file');
    assert.ok(named.length > 0);
    for (const [, name = '', file = ''] of named) {
      assert.ok(namesOf(file).includes(name), `${file} has no test "${name}"`);
    }
  });
}

const proofs = [
  { of: 'tasks', start: '- rules?', known: rules },
  { of: 'messages', start: '- of messages, the rules?', known: messageRules },
];

for (const { of, start, known } of proofs) {
  test(`names every rule of the proof of ${of} where it belongs, and none that is gone`, () => {
    const lists = promised.matchAll(new RegExp(`^${start} ((?:“[^”]+”,?\\s+)*“[^”]+”)$`, 'gm'));
    const named = [...lists].flatMap(([, list = '']) =>
      [...list.matchAll(/“([^”]+)”/g)].map(([, name = '']) => name.replaceAll(/\s+/g, ' ')),
    );
    // That listeners are told what happened is no guarantee of its own: where they are named is left to the page.
    const names = new Set(named);
    for (const { name } of known) if (/^(?:no )?listener/.test(name)) names.add(name);
    assert.deepEqual([...names].toSorted(), known.map(({ name }) => name).toSorted());
  });
}

/** The names of a file's tests as they are written, with … for what is put into them. */
function namesOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const names = text.matchAll(/^ *(?:(?:test|it)\(\s*|title: )(['"`])(.*?)\1,/gm);
  return [...names].map(([, , name = '']) => name.replaceAll(/\$\{[^}]*\}/g, '…').replaceAll("\\'", "'"));
}
