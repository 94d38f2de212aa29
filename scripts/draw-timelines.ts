/** Draws the timelines of docs/policies from runs of the queue as it is now: `npm run draw`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './run-command.ts';
import { drawPictures } from './timelines/pictures.ts';

for (const [file, svg] of await drawPictures()) writeFileSync(join(root, file), svg);
