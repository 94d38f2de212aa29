/**
 * Tables for a terminal. What may hold any text stands last in its row, where its width doesn't matter: how wide a terminal
 * shows a character only the terminal knows.
 */
import { escapeInvisible } from '../printable.ts';

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** The last column is as wide as it likes, and every line is cut to `columns`. */
export function layOut(titles: readonly Column[], rows: readonly (readonly string[])[], columns: number): string[] {
  const all = [titles.map(({ title }) => title), ...rows];
  const widths = titles.map((_, at) => Math.max(...all.map((row) => Math.min(row[at]?.length ?? 0, widestCell))));
  return all.map((row) => {
    const cells = row.map((cell, at) => {
      if (at === titles.length - 1) return cell;
      const width = widths[at] ?? 0;
      return titles[at]?.isNumber === true ? cell.padStart(width) : cell.padEnd(width);
    });
    return cutLine(cells.join('  ').trimEnd(), columns);
  });
}

/** Text from outside: quoted where it could be taken for something else, and safe to print. */
export function showText(text: string): string {
  return /^[\w#.@/-][\w#.:@/-]*$/.test(text) ? text : escapeInvisible(JSON.stringify(text));
}

/** Always quoted, as it is elsewhere. */
export function showKey(key: string): string {
  return escapeInvisible(JSON.stringify(key));
}

export function cutLine(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const characters = Array.from(segmenter.segment(line.slice(0, columns * 8)), ({ segment }) => segment);
  return characters.length <= columns ? characters.join('') : `${characters.slice(0, columns - 1).join('')}…`;
}

/** A fact beside its label, on as many lines as it takes. */
export function layOutFact(label: string, fact: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of fact.split(' ')) {
    if (line !== '' && labelWidth + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((text, at) => `${(at === 0 ? label : '').padEnd(labelWidth)}${text}`);
}

const labelWidth = 15;

const segmenter = new Intl.Segmenter();

// A longer one moves what is behind it in its own row only.
const widestCell = 30;
