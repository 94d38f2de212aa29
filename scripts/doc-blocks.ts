/**
 * The code of the documentation: finds the blocks of its pages and the examples of its doc comments, and writes them
 * as programs that can be compiled and run.
 *
 * A block whose fence names a file (`ts server.ts`) is a module that a later block of its page imports or starts. Every
 * other block is a program of its own.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { root } from './run-command.ts';

/** One block of code in a page, or one example in a doc comment. */
export interface DocBlock {
  /** The file that has it, relative to the root. */
  readonly page: string;
  /** The line of its first line of code. */
  readonly line: number;
  /** `ts`, `js`, `sh`, …: the word behind the fence. */
  readonly language: string;
  /** The file that the fence names; '' where it names none. */
  readonly name: string;
  readonly code: string;
}

/** A block as a file that can be compiled, and run if nothing else of its page runs it. */
export interface DocProgram extends DocBlock {
  readonly file: string;
  /** Whether another block of the page imports or starts it. */
  readonly isPart: boolean;
}

/** Every block of every page, in order. The page of the command is left out: its own test runs it. */
export function readPageBlocks(): readonly DocBlock[] {
  const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).toSorted();
  return pages.filter((page) => page !== join('docs', 'command.md')).flatMap(readPage);
}

/** Every `@example` in the source. */
export function readExamples(): readonly DocBlock[] {
  return globSync('src/**/*.ts', { cwd: root }).toSorted().flatMap(readSource);
}

/** Whether the block, or one that it imports, uses a package that the root doesn't install. */
export function needsPackages(block: DocBlock, blocks: readonly DocBlock[]): boolean {
  return (
    importedPackages(block).length > 0 ||
    blocks.some((other) => other !== block && uses(block, other) && needsPackages(other, blocks))
  );
}

/** Whether the block needs a Redis, whose address it takes from REDIS_URL. */
export function needsRedis(block: DocBlock): boolean {
  return importedPackages(block).includes('bullmq');
}

/** The packages that a block imports, without the library and the runtime's own modules. */
export function importedPackages({ code }: DocBlock): readonly string[] {
  const imported = [...code.matchAll(/\bfrom '([^.'][^']*)'/g)].map(([, name = '']) => name);
  // That store is nothing without its package.
  const names = new Set(imported.map((name) => (name === `${library}/bullmq` ? 'bullmq' : name)));
  const isOwn = (name: string): boolean => name === library || name.startsWith(`${library}/`);
  return [...names].filter((name) => !isOwn(name) && !name.startsWith('node:'));
}

/** Writes the blocks as programs into a folder of their own, beside a tsconfig.json that compiles them all. */
export function writePrograms(folder: string, blocks: readonly DocBlock[]): readonly DocProgram[] {
  rmSync(folder, { recursive: true, force: true });
  const programs = blocks.map((block) => {
    const file = join(folder, block.page.replace(/\.\w+$/, ''), block.name || `line-${block.line}.${block.language}`);
    return { ...block, file, isPart: blocks.some((other) => other !== block && uses(other, block)) };
  });
  for (const program of programs) {
    mkdirSync(dirname(program.file), { recursive: true });
    writeFileSync(program.file, toModule(program));
  }
  const config = { extends: relative(folder, join(root, 'tsconfig.json')), include: ['**/*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return programs;
}

/**
 * What a program writes to standard output according to its comments: `console.log(…); // this`, in the order of its
 * lines.
 */
export function expectedOutput({ code }: DocBlock): readonly string[] {
  return [...code.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm)].map(([, written = '']) => written);
}

const library = '@tinyclaw/queue';

function readPage(page: string): readonly DocBlock[] {
  const text = readFileSync(join(root, page), 'utf8');
  const fences = text.matchAll(/^```(?<language>\w+) ?(?<name>.*)\n(?<code>[^]*?)^```$/gm);
  return [...fences].map(({ index, groups: { language = '', name = '', code = '' } = {} }) => ({
    page,
    line: lineAt(text, index) + 1,
    language,
    name,
    code,
  }));
}

// An example goes on to the next tag or to the end of its comment.
function readSource(page: string): readonly DocBlock[] {
  const text = readFileSync(join(root, page), 'utf8');
  const examples = text.matchAll(/^ *\* @example *\n(?<code>(?: *\*(?!\/)(?! @).*\n)+)/gm);
  return [...examples].map(({ index, groups: { code = '' } = {} }) => ({
    page,
    line: lineAt(text, index) + 1,
    language: 'ts',
    name: '',
    code: code.replaceAll(/^ *\* ?/gm, ''),
  }));
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function uses(user: DocBlock, used: DocBlock): boolean {
  if (user.page !== used.page || used.name === '') return false;
  return user.code.includes(`'./${used.name}'`) || user.code.includes(`'${used.name}'`);
}

// Empty lines before the code, so that an error's line number is that of the page.
function toModule({ page, code, line, file }: DocProgram): string {
  const sourceOf = (part: string): string => relative(dirname(file), sourceFile(part));
  const imports = page.endsWith('.md') ? '' : importsOfExample(code);
  const specifier = new RegExp(`'${library}(?:/(\\w+))?'`, 'g');
  const text = `${imports}export {};${'\n'.repeat(line - 1)}${code}`;
  return text.replace(specifier, (_, part: string = '') => `'${sourceOf(part)}'`);
}

/** The source of a part of the library, as package.json exports it. */
function sourceFile(part: string): string {
  const built = parts[part === '' ? '.' : `./${part}`]?.default;
  if (built === undefined) throw new Error(`package.json exports no ${library}/${part}`);
  return join(root, built.replace('/dist/', '/src/').replace(/\.js$/, '.ts'));
}

const { exports: parts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, { readonly default: string } | undefined>>;
};

// An example shows the lines that matter; everybody knows where the names come from.
function importsOfExample(code: string): string {
  const isUsed = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(code);
  const from = (source: string, names: readonly string[]): string => {
    const used = names.filter((name) => isUsed(name.replace('type ', '')));
    return used.length === 0 ? '' : `import { ${used.join(', ')} } from '${source}'; `;
  };
  const values = ['createSessionQueue', 'QueueError', 'type MessageTurn', 'type Policy'];
  const assert = isUsed('assert') ? "import assert from 'node:assert/strict'; " : '';
  const ofParts = from(`${library}/policies`, policies) + from(`${library}/memory`, ['memory']);
  return assert + from(library, values) + ofParts + from(`${library}/testing`, ['testStore']);
}

const policies = ['cap', 'collect', 'debounce', 'fifo', 'interrupt', 'latest', 'pipe', 'rateLimit', 'reject', 'ttl'];
