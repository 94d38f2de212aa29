/** A program for a queue of messages as text, one step a line, saying only what is out of the ordinary. */
import { showPolicy } from './policy-plans.ts';
import type { HandlerAct, HandlerPlan, MessagePlan } from './message-plans.ts';
import type { MessageProgram, MessageStep } from './programs.ts';

export function showMessageProgram({ settings, policy, steps, onDrop }: MessageProgram): string {
  const lines = steps.map((step, index) => `${String(index + 1).padStart(3)}. ${showStep(step)}`);
  const reactions = onDrop.map((message) => `onDrop enqueues ${showMessage(message)}`);
  return [`a queue with ${showPolicy(policy)} and ${JSON.stringify(settings)}:`, ...reactions, ...lines].join('\n');
}

function showStep(step: MessageStep): string {
  if (step.do === 'enqueue') return `enqueue ${showMessage(step.message)}`;
  const facts = Object.entries<string | number | undefined>({ ...step });
  const details = facts.flatMap(([name, value]) => (name === 'do' ? [] : [`${name} ${show(value)}`]));
  return [step.do, ...details].join(' ');
}

function showMessage({ key, sender, handler, signal, ...options }: MessagePlan): string {
  const shownOptions = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${show(value)}`],
  );
  const shownSignal = signal === 'none' ? [] : [`signal ${signal}`];
  return [`on ${show(key)} from ${sender}: ${showHandler(handler)}`, ...shownOptions, ...shownSignal].join(', ');
}

function showHandler({ acts, abort, ends }: HandlerPlan): string {
  return [...acts.map(showAct), `${abort} its abort`, `ends with ${ends}`].join(', ');
}

function showAct(act: HandlerAct): string {
  if (typeof act === 'string') return act;
  return 'receiveMs' in act ? `receive(${act.receiveMs})` : `(enqueue ${showMessage(act.enqueues)})`;
}

function show(value: string | number | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return value === undefined ? 'of all' : `${value}`;
}
