/** How a message looks, and what has become of it in words. */

/** A message of this id. `reply` is told what an asking agent is answered. */
export function makeCard(id, reply) {
  const element = document.getElementById('card').content.firstElementChild.cloneNode(true);
  const find = (selector) => element.querySelector(selector);
  const shown = {
    element,
    card: undefined,
    show: (card, nowMs) => {
      shown.card = card;
      element.dataset.id = id;
      element.dataset.state = card.state;
      find('.id').textContent = `#${id}`;
      find('.text').textContent = card.text;
      find('.label').textContent = labelOf(card);
      find('.why').textContent = whyOf(card);
      find('time').title = `Enqueued ${timeOfDay(card.enqueuedMs)}`;
      find('.answer').textContent = card.answer;
      find('.answer').hidden = card.startedMs === undefined;
      find('.reply').hidden = card.state !== 'asking';
      shown.tick(nowMs);
    },
    addWord: (word) => {
      const { answer } = shown.card;
      shown.card = { ...shown.card, answer: answer === '' ? word : `${answer} ${word}` };
      find('.answer').textContent = shown.card.answer;
    },
    tick: (nowMs) => {
      find('time').textContent = timesOf(shown.card, nowMs);
    },
  };
  for (const button of element.querySelectorAll('.reply button')) {
    button.addEventListener('click', () => reply(button.value));
  }
  return shown;
}

function labelOf({ state, code, joinedAs }) {
  if (state === 'done') return 'answered';
  if (state === 'stopping') return stops[code] ?? code;
  if (state === 'failed') return stops[code] ?? 'failed';
  if (state === 'joined' || state === 'merged') return joins[joinedAs];
  return state;
}

function whyOf({ state, code, into, joinedAs }) {
  if (state === 'joined' || state === 'merged') return `${joinedAs === 'reply' ? 'to' : 'into the turn of'} #${into}`;
  if (state === 'stopping') return `${reasons[code] ?? code}; it keeps the lane until it has tidied up`;
  if (state === 'failed' || state === 'dropped') return `${reasons[code] ?? code ?? 'the agent broke down'}`;
  return '';
}

const joins = { input: 'collected', taken: 'taken', reply: 'the reply' };

const stops = { interrupted: 'interrupted', cancelled: 'cancelled', aborted: 'aborted', closed: 'closed' };

const reasons = {
  rejected: 'rejected: the lane was busy',
  replaced: 'replaced: a newer one took its place',
  full: 'full: too many were waiting',
  interrupted: 'a newer one is to run instead',
  cancelled: 'it was not wanted any more',
  aborted: 'its page had left',
  closed: 'the gateway was closed',
  stopped: 'the gateway takes no more',
  'idle-timeout': 'it made no progress',
};

function timesOf({ state, enqueuedMs, startedMs, endedMs }, nowMs) {
  const waited = seconds((startedMs ?? endedMs ?? nowMs) - enqueuedMs);
  if (startedMs === undefined) return state === 'dropped' ? `after ${waited}` : state === 'waiting' ? waited : '';
  return `waited ${waited} · ran ${seconds((endedMs ?? nowMs) - startedMs)}`;
}

function seconds(ms) {
  return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
}

function timeOfDay(ms) {
  return new Date(ms).toLocaleTimeString();
}
