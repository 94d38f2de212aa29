/** The agent loop, on the SDK's own mock model, whose answers come when a test says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { MockLanguageModelV4 } from 'ai/test';

import { createQueueWithClock } from '../../../src/core/create-session-queue.ts';
import type { MessageQueue } from '../../../src/index.ts';
import { FakeClock, until } from '../../../test/core/fake-clock.ts';
import { callTool, say, streamOf } from './model-parts.ts';
import type { ModelPart } from './model-parts.ts';
import './without-source-condition.ts';

const { jsonSchema, tool } = await import('ai');
const { MockLanguageModelV4: MockModel } = await import('ai/test');
const { createAgent } = await import('../agent-loop.ts');

test('what is said while a tool runs is told to the model in the next step', async () => {
  const stage = new Stage();
  const first = stage.queue.enqueue('ada', 'Find a flight to Rome.');
  await stage.nextRequest();
  stage.answer(say('I look.'), callTool('search', { to: 'Rome' }));
  await until(() => stage.searches.length === 1);
  const steer = stage.queue.enqueue('ada', 'No, to Paris!');
  stage.searches[0]?.('3 flights');
  await stage.nextRequest();
  assert.deepEqual(stage.prompt(), [
    'user: Find a flight to Rome.',
    'assistant: I look. search({"to":"Rome"})',
    'tool: 3 flights',
    'user: No, to Paris!',
  ]);
  stage.answer(say('To Paris, then.'));
  assert.equal(await first, 'To Paris, then.');
  assert.deepEqual(await steer.outcome, { type: 'merged', into: first.id });
  assert.deepEqual(stage.heard, ['I look.', 'To Paris, then.']);
});

test('what is said during the last step is the next turn, which knows the conversation', async () => {
  const stage = new Stage();
  const first = stage.queue.enqueue('ada', 'Hello.');
  await stage.nextRequest();
  const second = stage.queue.enqueue('ada', 'How are you?');
  stage.answer(say('Hello, Ada.'));
  assert.equal(await first, 'Hello, Ada.');
  await stage.nextRequest();
  assert.deepEqual(stage.prompt(), ['user: Hello.', 'assistant: Hello, Ada.', 'user: How are you?']);
  stage.answer(say('Fine.'));
  assert.equal(await second, 'Fine.');
});

test('a turn that is cancelled stops the request; what it has taken is next, and the conversation is as before', async () => {
  const stage = new Stage();
  const first = stage.queue.enqueue('ada', 'Find a flight to Rome.');
  const firstOutcome = first.outcome;
  await stage.nextRequest();
  stage.answer(callTool('search', { to: 'Rome' }));
  await until(() => stage.searches.length === 1);
  const steer = stage.queue.enqueue('ada', 'Never mind. What time is it?');
  stage.searches[0]?.('3 flights');
  await stage.nextRequest();
  const { abortSignal } = stage.request();
  assert.equal(stage.prompt().at(-1), 'user: Never mind. What time is it?');
  first.cancel();
  assert.equal((await firstOutcome).type, 'failed');
  assert.equal(abortSignal?.aborted, true);

  await stage.nextRequest();
  assert.deepEqual(stage.prompt(), ['user: Never mind. What time is it?']);
  stage.answer(say('Noon.'));
  assert.equal(await steer, 'Noon.');
});

// Catches a loop that looks at its signal before its last await only.
test('a turn that is cancelled at any moment after its last word leaves the conversation as it was', async () => {
  for (let microtasks = 0; microtasks < 60; microtasks += 1) {
    const stage = new Stage();
    const first = stage.queue.enqueue('ada', 'Hello.');
    const firstOutcome = first.outcome;
    await stage.nextRequest();
    stage.onText = async () => {
      stage.onText = undefined;
      for (let passed = 0; passed < microtasks; passed += 1) await Promise.resolve();
      first.cancel();
    };
    stage.answer(say('Hello, Ada.'));
    assert.equal((await firstOutcome).type, 'failed');
    void stage.queue.enqueue('ada', 'Who are you?').outcome;
    await stage.nextRequest();
    assert.deepEqual(stage.prompt(), ['user: Who are you?'], `after ${microtasks} microtasks`);
  }
});

test('a model that writes may take its time; one that falls silent is given up', async () => {
  const stage = new Stage();
  const outcome = stage.queue.enqueue('ada', 'Write a poem.').outcome;
  await stage.nextRequest();
  for (const line of ['Roses are red,', 'violets are blue,', 'and so are you.']) {
    await stage.clock.elapse(29_000);
    stage.write(...say(line));
    await until(() => stage.heard.at(-1) === line);
  }
  await stage.clock.elapse(29_000);
  // Somebody waits: that is no sign of life of the model.
  const next = stage.queue.enqueue('ada', 'Are you there?');
  await stage.clock.elapse(1000);
  const ended = await outcome;
  assert.ok(ended.type === 'failed' && ended.code === 'idle-timeout');
  await stage.nextRequest();
  stage.answer(say('Yes.'));
  assert.equal(await next, 'Yes.');
});

test('an error of the model fails the turn, and the session goes on', async () => {
  const stage = new Stage();
  const outcome = stage.queue.enqueue('ada', 'Hello.').outcome;
  await stage.nextRequest();
  stage.answer([{ type: 'error', error: new Error('overloaded') }]);
  const ended = await outcome;
  assert.ok(ended.type === 'failed' && ended.error instanceof Error);
  assert.equal(ended.error.message, 'overloaded');
  const next = stage.queue.enqueue('ada', 'Hello again.');
  await stage.nextRequest();
  assert.deepEqual(stage.prompt(), ['user: Hello again.']);
  stage.answer(say('Hello.'));
  assert.equal(await next, 'Hello.');
});

/** An agent with one tool, whose model and tool answer when they are told to. */
class Stage {
  readonly clock = new FakeClock();
  readonly queue: MessageQueue<string, string>;
  readonly heard: string[] = [];
  /** Is called with the next text that is heard. */
  onText: (() => Promise<void>) | undefined;
  /** Searches that were begun: each ends with the result that it is given. */
  readonly searches: ((found: string) => void)[] = [];
  readonly #model: MockLanguageModelV4;
  #stream = streamOf(undefined);
  #requestsSeen = 0;

  constructor() {
    this.#model = new MockModel({
      doStream: ({ abortSignal }) => {
        this.#stream = streamOf(abortSignal);
        return Promise.resolve({ stream: this.#stream.readable });
      },
    });
    const search = tool({
      description: 'Finds flights.',
      inputSchema: jsonSchema<{ to: string }>({ type: 'object', properties: { to: { type: 'string' } } }),
      execute: () => new Promise<string>((resolve) => this.searches.push(resolve)),
    });
    this.queue = createAgent({
      model: this.#model,
      tools: { search },
      onText: (_key, text) => {
        this.heard.push(text);
        void this.onText?.();
      },
      makeQueue: (options) => createQueueWithClock(options, this.clock),
    });
  }

  /** Resolves when the model is asked for the next step. */
  async nextRequest(): Promise<void> {
    this.#requestsSeen += 1;
    await until(() => this.#model.doStreamCalls.length === this.#requestsSeen);
  }

  request(): MockLanguageModelV4['doStreamCalls'][number] {
    const request = this.#model.doStreamCalls.at(-1);
    assert.ok(request !== undefined);
    return request;
  }

  /** What the model was told in the last request, a line for each message. */
  prompt(): readonly string[] {
    return this.request().prompt.map(({ role, content }) => {
      const parts = typeof content === 'string' ? [content] : content.map((part) => describe(part));
      return `${role}: ${parts.join(' ')}`;
    });
  }

  /** Lets the model write, and go on. */
  write(...parts: readonly ModelPart[]): void {
    this.#stream.write(parts);
  }

  /** Lets the model write the rest of its answer. */
  answer(...parts: readonly (readonly ModelPart[])[]): void {
    this.write(...parts.flat());
    this.#stream.end();
  }
}

type PromptPart = Exclude<MockLanguageModelV4['doStreamCalls'][number]['prompt'][number]['content'], string>[number];

function describe(part: PromptPart): string {
  if (part.type === 'text') return part.text;
  if (part.type === 'tool-call') return `${part.toolName}(${JSON.stringify(part.input)})`;
  if (part.type === 'tool-result' && part.output.type === 'text') return part.output.value;
  return part.type;
}
