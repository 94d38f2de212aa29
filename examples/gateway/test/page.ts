/** The gateway's page in a real Chromium, as somebody sees it who looks at it. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

import { findChromium, launchFlags } from '../../../runtimes/find-chromium.ts';
import { startGateway } from '../server.ts';
import type { Gateway } from '../server.ts';
import { HeldPace } from './held-pace.ts';

/** One message on the page: what was typed, and what the page says of it. */
export type Shown = readonly [text: string, fate: string];

/** How long the page may take to show what it is to show. */
const patienceMs = 15_000;

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await findChromium(), args: [...launchFlags] });
}

/** A visitor of a gateway of their own, whose agent says nothing until it is let. */
export class Visitor {
  readonly gateway: Gateway;
  readonly pace: HeldPace;
  readonly page: Page;
  readonly #errors: Error[] = [];

  private constructor(gateway: Gateway, pace: HeldPace, page: Page) {
    this.gateway = gateway;
    this.pace = pace;
    this.page = page;
    page.on('pageerror', (error) => this.#errors.push(error));
  }

  static async open(t: TestContext, browser: Browser, quietMs?: number): Promise<Visitor> {
    const pace = new HeldPace();
    const gateway = await startGateway({ port: 0, pace, ...(quietMs !== undefined && { quietMs }) });
    const page = await browser.newPage();
    page.setDefaultTimeout(patienceMs);
    const visitor = new Visitor(gateway, pace, page);
    t.after(async () => {
      await page.close();
      for (const user of ['Ada', 'Bob', 'Cleo']) pace.letTalk(user);
      await gateway.close(0);
      assert.deepEqual(visitor.#errors, []);
    });
    await visitor.load();
    return visitor;
  }

  async load(): Promise<void> {
    await this.page.goto(this.gateway.url);
    await this.page.waitForSelector('body[data-ready]');
  }

  /** Clicks a policy, and waits until the page says that it holds. */
  async choose(name: string): Promise<void> {
    await this.page.locator(`.choice:has(input[value="${name}"])`).click();
    await this.page.waitForSelector(`body[data-chosen="${name}"]`);
  }

  /** Types these one after another, and waits for nothing in between. */
  async type(user: string, texts: readonly string[]): Promise<void> {
    const input = this.page.locator(`[data-user="${user}"] form input`);
    for (const text of texts) {
      await input.fill(text);
      await input.press('Enter');
    }
  }

  /** Waits until the page shows these messages of the user, in this order, and no others. */
  async untilShown(user: string, expected: readonly Shown[]): Promise<void> {
    const fates = `Array.from(document.querySelectorAll('[data-user="${user}"] .card'), (card) => [
      card.querySelector('.text').innerText,
      ['.label', '.why'].map((part) => card.querySelector(part).innerText).join(' ').trim(),
    ])`;
    await this.#until(fates, expected);
  }

  /** Waits until the lane has these, the one that holds it first. */
  async untilLane(user: string, expected: readonly string[]): Promise<void> {
    const chips = `Array.from(document.querySelectorAll('[data-user="${user}"] .lane li'), (chip) => chip.innerText)`;
    await this.#until(chips, expected);
  }

  /** Waits until the page says this of the lane. */
  async untilState(user: string, expected: string): Promise<void> {
    await this.#until(`document.querySelector('[data-user="${user}"] .state').innerText`, expected);
  }

  /** What the agent has said in the turn of this message. */
  async answerTo(id: string): Promise<string> {
    return this.page.locator(`.card[data-id="${id}"] .answer`).innerText();
  }

  // Not waitForFunction, which needs an eval in the page, and the page's policy of content forbids that.
  async #until(shown: string, expected: unknown): Promise<void> {
    const found = await this.page.evaluate(`new Promise((resolve) => {
      const observer = new MutationObserver(look);
      const timer = setTimeout(end, ${patienceMs});
      function end() {
        observer.disconnect();
        clearTimeout(timer);
        resolve(${shown});
      }
      function look() {
        if (JSON.stringify(${shown}) === ${JSON.stringify(JSON.stringify(expected))}) end();
      }
      observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      look();
    })`);
    assert.deepEqual(found, expected);
  }
}
