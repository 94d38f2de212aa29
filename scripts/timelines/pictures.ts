/** The pictures of docs/policies, each as the queue makes it now. */
import { draw } from './draw.ts';
import { record } from './record.ts';
import { scenarios } from './scenarios.ts';

/** Gives each picture as SVG, by its file within the repository. */
export async function drawPictures(): Promise<ReadonlyMap<string, string>> {
  const pictures = new Map<string, string>();
  for (const scenario of scenarios) {
    pictures.set(`docs/policies/${scenario.name}.svg`, draw(scenario, await record(scenario)));
  }
  return pictures;
}
