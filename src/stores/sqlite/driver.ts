/** SQLite as the runtime brings it: `node:sqlite`, or `bun:sqlite`, behind the few calls that are needed. */

export interface Database {
  run(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

interface Statement {
  run(...values: readonly Value[]): void;
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): readonly Row[];
  iterate(...values: readonly Value[]): Iterable<Row>;
}

export type Value = string | number | null;
/** The tables are STRICT, and have these only. */
export type Row = Readonly<Record<string, Value | undefined>>;

/** @throws Error when this runtime has no SQLite, or the file can't be opened */
export function openDatabase(path: string, isReadOnly = false): Database {
  const { sqlite, bun } = load();
  if (sqlite !== undefined) {
    const database = new sqlite.DatabaseSync(path, { readOnly: isReadOnly, timeout: 0 });
    return { run: (sql) => database.exec(sql), prepare: (sql) => database.prepare(sql), close: () => database.close() };
  }
  if (bun !== undefined) return openBun(bun, path, isReadOnly);
  throw new Error(
    `sqlite: this runtime (${runtimeName()}) has no SQLite. Use Node 22.13 or later, Deno 2.2 or later, or Bun; ` +
      'or leave out the store, and entries live as long as the process.',
  );
}

function openBun(bun: BunSqlite, path: string, isReadOnly: boolean): Database {
  const database = new bun.Database(path, isReadOnly ? { readonly: true } : { create: true, readwrite: true });
  // By their texts. A database whose statements are left to the garbage collector stays open, and keeps its locks, until then.
  const statements = new Map<string, BunStatement>();
  const prepare = (sql: string): Statement => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return {
      run: (...values) => void statement.run(...values),
      // Bun gives null where Node gives undefined.
      get: (...values) => statement.get(...values) ?? undefined,
      all: (...values) => statement.all(...values),
      iterate: (...values) => statement.iterate(...values),
    };
  };
  const close = (): void => {
    for (const statement of statements.values()) statement.finalize();
    database.close(true);
  };
  return { run: (sql) => void database.run(sql), prepare, close };
}

/** Whether the error of a commit says that it was not even written, and not that it failed to reach the disk. */
export function hasNotWritten(error: unknown): boolean {
  const code: unknown = Reflect.get(Object(error), 'errcode') ?? Reflect.get(Object(error), 'errno');
  // SQLITE_FULL and SQLITE_IOERR_WRITE: what ends a commit is the last that is written of it.
  return code === 13 || code === 778;
}

// The slice of each module that is used.
interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly: boolean; readonly timeout: number },
  ) => {
    exec(sql: string): void;
    prepare(sql: string): Statement;
    close(): void;
  };
}

interface BunSqlite {
  readonly Database: new (
    path: string,
    options: object,
  ) => {
    run(sql: string): unknown;
    prepare(sql: string): BunStatement;
    close(throwsIfItStaysOpen: boolean): void;
  };
}

interface BunStatement {
  run(...values: readonly Value[]): unknown;
  get(...values: readonly Value[]): Row | null;
  all(...values: readonly Value[]): readonly Row[];
  iterate(...values: readonly Value[]): Iterable<Row>;
  finalize(): void;
}

// Which of them is there is what is asked; typed by the slices above.
function load(): { readonly sqlite?: NodeSqlite | undefined; readonly bun?: BunSqlite | undefined } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as said above
  const bun = builtin('bun:sqlite') as BunSqlite | undefined;
  if (bun !== undefined) return { bun };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as said above
  return { sqlite: builtin('node:sqlite') as NodeSqlite | undefined };
}

// Not imported: an import of what a runtime doesn't have can't be caught, and bundlers would look for it.
function builtin(name: string): unknown {
  try {
    return process.getBuiltinModule(name);
  } catch {
    // Where there is no process, or the name is of another kind of runtime.
    return undefined;
  }
}

function runtimeName(): string {
  if (!('process' in globalThis)) return 'without process';
  return process.versions['bun'] === undefined ? `Node ${process.versions.node}` : `Bun ${process.versions['bun']}`;
}
