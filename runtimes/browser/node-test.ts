/**
 * Stands in for node:test in a browser: collects the tests of a bundle and runs them one after another. It knows what
 * the core's tests use, `test`, `it` and `describe`, and refuses the rest, so that no test passes for lack of a run.
 */

/** What a run came to. */
export interface BrowserReport {
  readonly passed: number;
  readonly failures: readonly { readonly name: string; readonly error: string }[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

interface TestContext {
  readonly name: string;
}

interface TestOptions {
  readonly skip?: boolean | string;
  readonly timeout?: number;
}

type TestFunction = (context: TestContext) => unknown;

interface CollectedTest {
  readonly name: string;
  readonly options: TestOptions;
  readonly run: TestFunction;
}

const collected: CollectedTest[] = [];
const groupNames: string[] = [];
const defaultTimeoutMs = 60_000;

/** Collects one test. */
export function test(name: string, ...rest: [TestFunction] | [TestOptions, TestFunction]): void {
  const [options, run] = rest.length === 1 ? [{}, rest[0]] : rest;
  const unknown = Object.keys(options).filter((option) => option !== 'skip' && option !== 'timeout');
  if (unknown.length > 0) throw new Error(`the browser's test runner has no option ${unknown.join(', ')}`);
  collected.push({ name: [...groupNames, name].join(' > '), options, run });
}

export { test as it };

/** Collects the tests of a group, whose names begin with the group's. */
export function describe(name: string, group: () => void): void {
  groupNames.push(name);
  // node:test takes an async group too, but it would collect its tests after the run has begun.
  if ((group() as unknown) !== undefined) throw new Error(`the group ${name} must be synchronous`);
  groupNames.pop();
}

/** Runs what was collected. A rejection that nobody handles fails the test that runs, as it does in node:test. */
export async function runCollected(): Promise<BrowserReport> {
  const failures: { name: string; error: string }[] = [];
  const skipped: { name: string; reason: string }[] = [];
  let passed = 0;
  for (const entry of collected) {
    const { skip } = entry.options;
    if (skip !== undefined && skip !== false) {
      skipped.push({ name: entry.name, reason: skip === true ? 'no reason given' : skip });
      continue;
    }
    // One at a time: tests look at what is pending, and must not see each other.
    const error = await runOne(entry);
    if (error === undefined) passed += 1;
    else failures.push({ name: entry.name, error });
  }
  return { passed, failures, skipped };
}

async function runOne({ name, options, run }: CollectedTest): Promise<string | undefined> {
  const stray = Promise.withResolvers<never>();
  const onStray = (event: PromiseRejectionEvent): void => stray.reject(event.reason);
  const timeoutMs = options.timeout ?? defaultTimeoutMs;
  const timer = setTimeout(() => stray.reject(new Error(`not done after ${timeoutMs} ms`)), timeoutMs);
  addEventListener('unhandledrejection', onStray);
  try {
    await Promise.race([Promise.resolve({ name }).then(run), stray.promise]);
    // A rejection is reported after the microtasks of the task that made it: give it that chance.
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 0)), stray.promise]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    clearTimeout(timer);
    removeEventListener('unhandledrejection', onStray);
  }
}
