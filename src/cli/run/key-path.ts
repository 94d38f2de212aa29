/** Finds the session key of a line: a small part of jq's paths, and the rules of what can be a key. */

/** Where in a line's JSON value the session key is. */
export interface KeyPath {
  /** As the user wrote it. */
  readonly text: string;
  /** Names of fields and places in arrays, from the outside in. */
  readonly steps: readonly (string | number)[];
}

export type FoundKey = { readonly key: string } | { readonly problem: string };

/**
 * Understands `.session`, `.chat.id`, `.["odd key"]`, `.items[0]` and `.` (the whole value).
 *
 * @throws SyntaxError that says where the path stops making sense, and what was expected.
 */
export function parseKeyPath(text: string): KeyPath {
  if (text === '.') return { text, steps: [] };
  const steps: (string | number)[] = [];
  let at = 0;
  while (at < text.length || at === 0) {
    step.lastIndex = at;
    const { name, place, quoted } = step.exec(text)?.groups ?? {};
    // A path begins with a dot, as in jq: [0] alone would be an array there.
    const isStep = step.lastIndex > at && (at > 0 || text.startsWith('.'));
    const value = name ?? (place === undefined ? parseQuoted(quoted) : Number(place));
    if (!isStep || value === undefined) throw new SyntaxError(describeBadPath(text, at));
    steps.push(value);
    at = step.lastIndex;
  }
  return { text, steps };
}

/** The key of a parsed line, or why it has none. A number is taken as its decimal text. */
export function findKey(value: unknown, { text, steps }: KeyPath): FoundKey {
  let found = value;
  for (const each of steps) found = takeStep(found, each);
  if (typeof found === 'string') return { key: found };
  if (typeof found !== 'number') return { problem: `no key: ${text} is ${describeKind(found)}` };
  // Larger ones have lost digits in parsing: two different ids would become one session.
  if (Math.abs(found) > Number.MAX_SAFE_INTEGER) {
    return { problem: `no key: ${text} is a number too large to be exact; it has to be a string` };
  }
  return { key: String(found) };
}

const step = /\.(?<name>[\p{L}_$][\p{L}\p{N}_$-]*)|\.?\[(?:(?<place>\d{1,9})|(?<quoted>"(?:[^"\\]|\\.)*"))\]/uy;

function parseQuoted(quoted: string | undefined): string | undefined {
  if (quoted === undefined) return undefined;
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined; // a bad escape
  }
}

function describeBadPath(text: string, at: number): string {
  const where = text === '' ? '' : ` It stops making sense at character ${at + 1}.`;
  return `Expected a path such as .session, .chat.id, .["odd key"] or .items[0].${where}`;
}

/** Only what the line itself holds counts: nothing inherited, no `length`. */
function takeStep(value: unknown, each: string | number): unknown {
  if (Array.isArray(value)) return typeof each === 'number' ? value[each] : undefined;
  if (typeof value !== 'object' || value === null || typeof each === 'number') return undefined;
  return Object.getOwnPropertyDescriptor(value, each)?.value;
}

function describeKind(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
