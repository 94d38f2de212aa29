/** What else the page promises: users apart from each other, a change of the policy, and the truth after a reload. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { Browser } from 'playwright-core';

import { launchBrowser, Visitor } from './page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('two users at once have a lane each: one is answered while the other waits', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.type('Ada', ['slow', 'next']);
  await visitor.type('Bob', ['quick', 'quicker']);
  visitor.pace.letTalk('Bob');
  await visitor.untilShown('Bob', [
    ['quick', 'answered'],
    ['quicker', 'answered'],
  ]);
  await visitor.untilShown('Ada', [
    ['slow', 'running'],
    ['next', 'waiting'],
  ]);
  await visitor.untilState('Bob', 'idle');
});

test('a new policy holds from the next event on, for what waits already too', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.type('Ada', ['one', 'two', 'three']);
  await visitor.untilLane('Ada', ['▶ #1', '· #2', '· #3']);
  await visitor.choose('latest');
  await visitor.untilLane('Ada', ['▶ #1', '· #2', '· #3']);
  await visitor.type('Ada', ['four']);
  const replaced = 'dropped replaced: a newer one took its place';
  await visitor.untilShown('Ada', [
    ['one', 'running'],
    ['two', replaced],
    ['three', replaced],
    ['four', 'waiting'],
  ]);
  assert.equal(await visitor.page.locator('.chosen code').innerText(), 'policy: latest');
});

test('another page follows: it sees the policy that was chosen here, and every message', async (t) => {
  const visitor = await Visitor.open(t, browser);
  const other = await browser.newPage();
  t.after(() => other.close());
  await other.goto(visitor.gateway.url);
  await visitor.choose('collect');
  await other.waitForSelector('body[data-chosen="collect"]');
  assert.equal(await other.locator('.choice input:checked').inputValue(), 'collect');
  await visitor.type('Cleo', ['hello']);
  await other.locator('[data-user="Cleo"] .card[data-state="running"]').waitFor();
});

test('a page that is loaded again shows what there is, and what it had sent goes on', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.choose('steer');
  await visitor.type('Ada', ['one', 'two']);
  await visitor.untilLane('Ada', ['▶ #1', '· #2']);
  visitor.pace.step('Ada');
  await visitor.untilLane('Ada', ['▶ #1', '+ #2']);
  const said = await visitor.answerTo('1');
  await visitor.load();
  await visitor.untilLane('Ada', ['▶ #1', '+ #2']);
  await visitor.untilState('Ada', 'running');
  assert.equal(await visitor.answerTo('1'), said);
  assert.equal(await visitor.page.locator('.choice input:checked').inputValue(), 'steer');
  visitor.pace.letTalk('Ada');
  await visitor.untilShown('Ada', [
    ['one', 'answered'],
    ['two', 'taken into the turn of #1'],
  ]);
});

test('the page says when the gateway is gone', async (t) => {
  const visitor = await Visitor.open(t, browser);
  assert.equal(await visitor.page.locator('.offline').isVisible(), false);
  await visitor.gateway.close(0);
  await visitor.page.locator('.offline').waitFor();
});

test('the page asks nobody but the gateway', async (t) => {
  const visitor = await Visitor.open(t, browser);
  const asked: string[] = [];
  visitor.page.on('request', (request) => asked.push(request.url()));
  await visitor.load();
  assert.ok(asked.length > 3);
  for (const url of asked) assert.ok(url.startsWith(visitor.gateway.url) || url.startsWith('data:'), url);
});
