/**
 * Draws what was recorded: a row for each message, time from left to right. Texts can't be measured here, so that
 * places are left wide enough for them; the same record gives the same bytes.
 */
import type { Life } from './record.ts';
import type { Bracket, Scenario } from './scenario.ts';
import { style } from './style.ts';

const width = 880;
const left = 190;
const right = 730;
const top = 58;
const rowHeight = 34;
const bracketHeight = 32;

/** Gives the picture as SVG. */
export function draw(scenario: Scenario, lives: readonly Life[]): string {
  const brackets = scenario.brackets?.(lives) ?? [];
  const axisY = top + lives.length * rowHeight + brackets.length * bracketHeight + 10;
  const height = axisY + 72;
  const picture: Picture = {
    xOf: (ms) => round(left + (ms / scenario.spanMs) * (right - left)),
    yOf: (id) => top + lives.findIndex((life) => life.id === id) * rowHeight + rowHeight / 2,
    lives,
  };
  const parts = [
    `<rect class="paper" width="${width}" height="${height}" rx="8" />`,
    `<text class="code" x="24" y="34">${escape(scenario.code)}</text>`,
    ...drawAxis(scenario, picture, axisY),
    ...lives.flatMap((life) => drawLife(life, picture)),
    ...brackets.flatMap((bracket, index) =>
      drawBracket(bracket, picture, top + lives.length * rowHeight + index * bracketHeight + 14),
    ),
    ...drawLegend(lives, height - 18),
  ];
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escape(scenario.title)}</title>`,
    `<desc id="desc">${escape(scenario.description)}</desc>`,
    style,
    ...parts,
  ];
  return `${lines.join('\n')}\n</svg>\n`;
}

interface Picture {
  readonly xOf: (ms: number) => number;
  readonly yOf: (id: string) => number;
  readonly lives: readonly Life[];
}

function drawAxis({ spanMs, tickMs }: Scenario, { xOf }: Picture, y: number): readonly string[] {
  const ticks = Array.from({ length: Math.floor(spanMs / tickMs) + 1 }, (_, index) => index * tickMs);
  return [
    ...ticks.map((ms) => `<path class="grid" d="M${xOf(ms)} ${top - 6} V${y}" />`),
    `<path class="axis" d="M${left} ${y} H${right}" />`,
    ...ticks.map((ms) => `<text class="tick" x="${xOf(ms)}" y="${y + 18}">${showTime(ms)}</text>`),
  ];
}

function drawLife(life: Life, picture: Picture): readonly string[] {
  const { xOf, yOf, lives } = picture;
  const y = yOf(life.id);
  const arrivedX = xOf(life.enqueuedMs);
  const hasOthers = lives.some(({ arrival }) => arrival.key !== life.arrival.key);
  const session = hasOthers ? `${life.arrival.key ?? 'ada'} ` : '';
  return [
    `<text class="name" x="24" y="${y + 5}">${escape(`${session}${life.id}`)}</text>`,
    `<text class="text" x="${hasOthers ? 76 : 44}" y="${y + 5}">“${escape(life.arrival.text)}”</text>`,
    ...drawWaiting(life, picture),
    ...drawTurn(life, picture),
    `<circle class="arrival" cx="${arrivedX}" cy="${y}" r="5" />`,
    ...drawEnd(life, picture),
  ];
}

function drawWaiting(life: Life, { xOf, yOf, lives }: Picture): readonly string[] {
  const carrier = lives.find(({ id }) => id === life.into);
  const untilMs = life.startedMs ?? carrier?.startedMs ?? life.settledMs ?? life.enqueuedMs;
  const y = yOf(life.id);
  const x = xOf(life.enqueuedMs);
  const untilX = xOf(untilMs);
  const bar =
    untilX > x ? [`<rect class="waiting" x="${x}" y="${y - 2.5}" width="${round(untilX - x)}" height="5" />`] : [];
  if (carrier === undefined) return bar;
  const tipY = yOf(carrier.id) + (yOf(carrier.id) > y ? -13 : 13);
  const backY = tipY + (yOf(carrier.id) > y ? -7 : 7);
  return [
    ...bar,
    `<path class="merging" d="M${untilX} ${y} V${backY}" />`,
    `<path class="tip" d="M${untilX - 4} ${backY} H${untilX + 4} L${untilX} ${tipY} z" />`,
  ];
}

function drawTurn(life: Life, { xOf, yOf, lives }: Picture): readonly string[] {
  if (life.startedMs === undefined || life.endedMs === undefined) return [];
  const y = yOf(life.id) - 11;
  const x = xOf(life.startedMs);
  const workedX = xOf(life.abortedMs ?? life.endedMs);
  const endX = xOf(life.endedMs);
  const inputs = lives.filter(({ id, into }) => id === life.id || into === life.id);
  const says = `turn of ${inputs.map(({ id }) => id).join(', ')}`;
  const isWide = workedX - x > says.length * 6.6;
  return [
    `<rect class="turn" x="${x}" y="${y}" width="${round(workedX - x)}" height="22" rx="3" />`,
    ...(isWide ? [`<text class="inside" x="${round((x + workedX) / 2)}" y="${y + 15.5}">${says}</text>`] : []),
    ...(endX > workedX
      ? [`<rect class="aborting" x="${workedX}" y="${y + 0.75}" width="${round(endX - workedX)}" height="20.5" />`]
      : []),
  ];
}

function drawEnd(life: Life, { xOf, yOf, lives }: Picture): readonly string[] {
  const y = yOf(life.id);
  const carrier = lives.find(({ id }) => id === life.into);
  const endMs = carrier?.startedMs ?? Math.max(life.endedMs ?? 0, life.settledMs ?? 0);
  const isDropped = life.outcome === 'dropped';
  // A message that goes as it comes has its mark and its cross side by side.
  const x = isDropped ? Math.max(xOf(endMs), xOf(life.enqueuedMs) + 14) : xOf(endMs);
  const cross = isDropped ? [`<path class="cross" d="M${x - 5} ${y - 5} l10 10 m0 -10 l-10 10" />`] : [];
  return [...cross, `<text class="end ${life.outcome}" x="${round(x + 11)}" y="${y + 5}">${showEnd(life)}</text>`];
}

function showEnd({ outcome, code, into }: Life): string {
  if (outcome === 'merged') return `merged into ${into}`;
  return code === undefined ? String(outcome) : `${outcome}: ${code}`;
}

function drawBracket({ fromMs, toMs, says }: Bracket, { xOf }: Picture, y: number): readonly string[] {
  const x = xOf(fromMs);
  const toX = xOf(toMs);
  return [
    `<path class="bracket" d="M${x} ${y - 5} v10 m0 -5 H${toX} m0 -5 v10" />`,
    `<text class="says" x="${round(toX + 8)}" y="${y + 4.5}">${escape(says)}</text>`,
  ];
}

function drawLegend(lives: readonly Life[], y: number): readonly string[] {
  const middle = y - 4.5;
  const signs: readonly (readonly [isUsed: boolean, says: string, sign: (x: number) => string])[] = [
    [true, 'arrives', (x) => `<circle class="arrival" cx="${x + 20}" cy="${middle}" r="5" />`],
    [true, 'waits', (x) => `<rect class="waiting" x="${x}" y="${middle - 2.5}" width="26" height="5" />`],
    [true, 'its turn runs', (x) => `<rect class="turn" x="${x}" y="${middle - 8}" width="26" height="16" rx="3" />`],
    [
      lives.some(({ abortedMs }) => abortedMs !== undefined),
      'aborted: its caller is told, it cleans up',
      (x) => `<rect class="aborting" x="${x}" y="${middle - 8}" width="26" height="16" />`,
    ],
    [
      lives.some(({ outcome }) => outcome === 'merged'),
      'joins a turn',
      (x) =>
        `<path class="merging" d="M${x + 20} ${middle - 9} v10" /><path class="tip" d="M${x + 16} ${middle + 1} h8 l-4 7 z" />`,
    ],
    [
      lives.some(({ outcome }) => outcome === 'dropped'),
      'leaves the line',
      (x) => `<path class="cross" d="M${x + 14} ${middle - 5} l10 10 m0 -10 l-10 10" />`,
    ],
  ];
  const used = signs.filter(([isUsed]) => isUsed);
  return used.map(([, says, sign], index) => {
    const before = used.slice(0, index).reduce((sum, [, text]) => sum + 60 + text.length * 6.6, 0);
    const x = round(24 + before);
    return `${sign(x)}<text class="legend" x="${x + 33}" y="${y}">${says}</text>`;
  });
}

function showTime(ms: number): string {
  if (ms === 0) return '0';
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
