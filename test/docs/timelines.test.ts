/** The timelines of docs/policies show what the queue does now. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { root } from '../../scripts/run-command.ts';
import { drawPictures } from '../../scripts/timelines/pictures.ts';

const pictures = await drawPictures();
const howToDraw = 'npm run draw draws it anew';

describe('a timeline is what the queue does now', () => {
  for (const [file, svg] of pictures) {
    test(file, () => assert.equal(read(file), svg, howToDraw));
  }
});

test('a timeline drawn twice is the same, byte for byte', async () => {
  assert.deepEqual(await drawPictures(), pictures);
});

test('no timeline is left over, and every page shows its own', () => {
  const files = [...pictures.keys()];
  assert.deepEqual(globSync('docs/policies/*.svg', { cwd: root }).toSorted(), files.toSorted());
  for (const file of files) {
    const [, name] = /(\w[\w-]*)\.svg$/.exec(file) ?? [];
    assert.match(read(file.replace('.svg', '.md')), new RegExp(`^!\\[[^\\]]{20,}\\]\\(${name}\\.svg\\)$`, 'm'));
  }
});

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
