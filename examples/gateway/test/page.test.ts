/** Three messages typed quickly under each policy, and what the page then shows. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { Browser } from 'playwright-core';

import { launchBrowser, Visitor } from './page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const three = ['A table', 'for two', 'at eight'];

test('fifo: one after another, in the order of arrival', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.type('Ada', three);
  await visitor.untilShown('Ada', [
    ['A table', 'running'],
    ['for two', 'waiting'],
    ['at eight', 'waiting'],
  ]);
  await visitor.untilLane('Ada', ['▶ #1', '· #2', '· #3']);
  await visitor.untilState('Ada', 'running · 2 waiting');
  visitor.pace.letTalk('Ada');
  await visitor.untilShown('Ada', [
    ['A table', 'answered'],
    ['for two', 'answered'],
    ['at eight', 'answered'],
  ]);
  await visitor.untilLane('Ada', []);
  await visitor.untilState('Ada', 'idle');
  for (const [index, text] of three.entries()) {
    assert.match(await visitor.answerTo(String(index + 1)), new RegExp(`^You said “${text}”\\. `));
  }
});

test('reject: what comes to a busy lane is sent away', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.choose('reject');
  await visitor.type('Ada', three);
  const sentAway = 'dropped rejected: the lane was busy';
  await visitor.untilShown('Ada', [
    ['A table', 'running'],
    ['for two', sentAway],
    ['at eight', sentAway],
  ]);
  visitor.pace.letTalk('Ada');
  await visitor.untilShown('Ada', [
    ['A table', 'answered'],
    ['for two', sentAway],
    ['at eight', sentAway],
  ]);
  await visitor.type('Ada', ['again']);
  await visitor.untilShown('Ada', [
    ['A table', 'answered'],
    ['for two', sentAway],
    ['at eight', sentAway],
    ['again', 'answered'],
  ]);
});

const replaced = 'dropped replaced: a newer one took its place';

test('latest: the turn ends, and only the newest that waits is next', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.choose('latest');
  await visitor.type('Ada', three);
  await visitor.untilShown('Ada', [
    ['A table', 'running'],
    ['for two', replaced],
    ['at eight', 'waiting'],
  ]);
  visitor.pace.letTalk('Ada');
  await visitor.untilShown('Ada', [
    ['A table', 'answered'],
    ['for two', replaced],
    ['at eight', 'answered'],
  ]);
});

test('interrupt: the newest starts when the turn that it interrupts has tidied up', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.choose('interrupt');
  await visitor.type('Ada', ['A table']);
  await visitor.untilShown('Ada', [['A table', 'running']]);
  visitor.pace.step('Ada');
  await visitor.page.getByText('You', { exact: true }).waitFor();
  await visitor.type('Ada', ['for two', 'at eight']);
  await visitor.untilShown('Ada', [
    ['A table', 'interrupted a newer one is to run instead; it keeps the lane until it has tidied up'],
    ['for two', replaced],
    ['at eight', 'waiting'],
  ]);
  await visitor.untilLane('Ada', ['■ #1', '· #3']);
  await visitor.untilState('Ada', 'making way · 1 waiting');
  visitor.pace.letTalk('Ada');
  await visitor.untilShown('Ada', [
    ['A table', 'interrupted a newer one is to run instead'],
    ['for two', replaced],
    ['at eight', 'answered'],
  ]);
  assert.equal(await visitor.answerTo('1'), 'You');
});

test('collect: what came meanwhile is answered in one turn', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.choose('collect');
  await visitor.type('Ada', three);
  await visitor.untilLane('Ada', ['▶ #1', '· #2', '· #3']);
  visitor.pace.letTalk('Ada');
  await visitor.untilShown('Ada', [
    ['A table', 'answered'],
    ['for two', 'collected into the turn of #3'],
    ['at eight', 'answered'],
  ]);
  assert.match(await visitor.answerTo('3'), /^You said “for two” and “at eight”\. /);
});

test('debounce and collect: the whole burst is answered once, when it is over', async (t) => {
  const visitor = await Visitor.open(t, browser, 2000);
  await visitor.choose('debounce');
  await visitor.type('Ada', three);
  await visitor.untilState('Ada', 'holding · 3 waiting');
  await visitor.untilLane('Ada', ['▶ #3', '+ #1', '+ #2']);
  visitor.pace.letTalk('Ada');
  await visitor.untilShown('Ada', [
    ['A table', 'collected into the turn of #3'],
    ['for two', 'collected into the turn of #3'],
    ['at eight', 'answered'],
  ]);
  assert.match(await visitor.answerTo('3'), /^You said “A table”, “for two” and “at eight”\. /);
});

test('cap: who comes when all places are taken is sent away', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.choose('cap');
  await visitor.type('Ada', three);
  const full = 'dropped full: too many were waiting';
  await visitor.untilShown('Ada', [
    ['A table', 'running'],
    ['for two', 'waiting'],
    ['at eight', full],
  ]);
  visitor.pace.letTalk('Ada');
  await visitor.untilShown('Ada', [
    ['A table', 'answered'],
    ['for two', 'answered'],
    ['at eight', full],
  ]);
});

test('steer: what comes meanwhile is taken into the turn that runs', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.choose('steer');
  await visitor.type('Ada', three);
  await visitor.untilLane('Ada', ['▶ #1', '· #2', '· #3']);
  visitor.pace.step('Ada');
  await visitor.untilLane('Ada', ['▶ #1', '+ #2', '+ #3']);
  visitor.pace.letTalk('Ada');
  await visitor.untilShown('Ada', [
    ['A table', 'answered'],
    ['for two', 'taken into the turn of #1'],
    ['at eight', 'taken into the turn of #1'],
  ]);
  assert.match(await visitor.answerTo('1'), /^You – oh, and “for two” and “at eight”, I see – said “A table”\. /);
});

test('the button Cancel takes what waits and what was taken, and aborts the turn', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.choose('steer');
  await visitor.type('Ada', ['A table', 'for two']);
  await visitor.untilLane('Ada', ['▶ #1', '· #2']);
  visitor.pace.step('Ada');
  await visitor.untilLane('Ada', ['▶ #1', '+ #2']);
  await visitor.type('Ada', ['at eight']);
  await visitor.untilLane('Ada', ['▶ #1', '+ #2', '· #3']);
  await visitor.page.locator('[data-user="Ada"] .cancel').click();
  await visitor.untilLane('Ada', ['■ #1']);
  visitor.pace.letTalk('Ada');
  await visitor.untilShown('Ada', [
    ['A table', 'cancelled it was not wanted any more'],
    ['for two', 'dropped it was not wanted any more'],
    ['at eight', 'dropped it was not wanted any more'],
  ]);
  await visitor.untilState('Ada', 'idle');
});

test('ask first: what waited before the question is no answer, the button is', async (t) => {
  const visitor = await Visitor.open(t, browser);
  await visitor.choose('ask');
  await visitor.type('Ada', three);
  await visitor.untilLane('Ada', ['▶ #1', '· #2', '· #3']);
  visitor.pace.letTalk('Ada');
  await visitor.untilShown('Ada', [
    ['A table', 'asking'],
    ['for two', 'waiting'],
    ['at eight', 'waiting'],
  ]);
  await visitor.page.getByRole('button', { name: 'Yes' }).click();
  await visitor.untilShown('Ada', [
    ['A table', 'answered'],
    ['for two', 'asking'],
    ['at eight', 'waiting'],
    ['Yes', 'the reply to #1'],
  ]);
  assert.match(await visitor.answerTo('1'), /Shall I\? Thank you\. Done, and written down\.$/);
});
