/** A program as text, one step a line, saying only what is out of the ordinary. */
import type { EntryPlan, Program, Step, TaskPlan } from './programs.ts';

export function showProgram({ options, hasListener, steps }: Program): string {
  const lines = steps.map((step, index) => `${String(index + 1).padStart(3)}. ${showStep(step)}`);
  const listener = hasListener ? 'with a listener' : 'without a listener';
  return [`a queue with the options ${JSON.stringify(options)}, ${listener}:`, ...lines].join('\n');
}

function showStep(step: Step): string {
  if (step.do === 'enqueue') return `enqueue ${showEntry(step.entry)}`;
  const facts = Object.entries<string | number | undefined>({ ...step });
  const details = facts.flatMap(([name, value]) => (name === 'do' ? [] : [`${name} ${show(value)}`]));
  return [step.do, ...details].join(' ');
}

function showEntry({ key, task, signal, ...limits }: EntryPlan): string {
  const shownLimits = Object.entries(limits).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${show(value)}`],
  );
  const shownSignal = signal === 'none' ? [] : [`signal ${signal}`];
  return [`on ${show(key)}: ${showTask(task)}`, ...shownLimits, ...shownSignal].join(', ');
}

function showTask({ takes, abort, ends, inner }: TaskPlan): string {
  const own = `takes ${takes}, ${abort} its abort, ends with ${ends}`;
  if (inner === undefined) return own;
  const awaits = inner.awaits === 'never' ? '' : ` and awaits it ${inner.awaits}`;
  return `${own}, enqueues { ${showEntry(inner.entry)} }${awaits}`;
}

function show(value: string | number | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return value === undefined ? 'of all' : `${value}`;
}
