/** The column of a user: the lane, all messages, and where to type. */
import { makeCard } from './card.js';

/** Makes the column. `send` and `cancel` are told what is typed and asked for. */
export function makeUser(name, index, { send, cancel }) {
  const element = document.getElementById('user').content.firstElementChild.cloneNode(true);
  const find = (selector) => element.querySelector(selector);
  const cards = new Map();
  const log = find('.cards');
  // Of the server's clock to the one here.
  let aheadMs = 0;
  element.dataset.user = name;
  element.style.setProperty('--hue', `var(--hue-${index % 3})`);
  find('h2').textContent = name;
  find('.face').textContent = name.slice(0, 1);
  find('.cancel').addEventListener('click', () => cancel(name));
  listenToForm(find('form'), name, send);
  const follow = makeFollow(log);

  return {
    element,
    clear: (ms) => {
      aheadMs = ms;
      cards.clear();
      log.replaceChildren();
      find('.lane').replaceChildren();
    },
    showCard: (card) => {
      const shown = cards.get(card.id) ?? makeCard(card.id, (text) => send(name, text));
      if (!cards.has(card.id)) log.append(shown.element);
      cards.set(card.id, shown);
      shown.show(card, Date.now() + aheadMs);
      showLine(
        find('.lane'),
        Array.from(cards.values(), ({ card }) => card),
      );
      follow();
    },
    addWord: (id, word) => {
      cards.get(id)?.addWord(word);
      follow();
    },
    forget: (id) => {
      cards.get(id)?.element.remove();
      cards.delete(id);
    },
    showLane: ({ state, waiting }) => {
      const shown = find('.state');
      shown.dataset.state = state;
      shown.textContent = waiting === 0 ? laneStates[state] : `${laneStates[state]} · ${waiting} waiting`;
      find('.cancel').disabled = state === 'idle';
    },
    tick: () => {
      for (const card of cards.values()) card.tick(Date.now() + aheadMs);
    },
  };
}

const laneStates = {
  idle: 'idle',
  ready: 'ready',
  held: 'holding',
  paused: 'paused',
  running: 'running',
  aborting: 'making way',
};

function listenToForm(form, name, send) {
  const input = form.querySelector('input');
  input.placeholder = `Message as ${name}`;
  input.ariaLabel = `Message as ${name}`;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text !== '') send(name, text);
    input.value = '';
  });
  form.querySelector('.burst').addEventListener('click', () => {
    for (const text of ['A table', 'for two', 'at eight']) send(name, text);
  });
}

/** Keeps the newest in sight, unless somebody reads further up. */
function makeFollow(log) {
  let isFollowing = true;
  let lastTop = 0;
  const follow = () => {
    if (isFollowing) log.scrollTop = log.scrollHeight;
  };
  log.addEventListener('scroll', () => {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
    // Only who goes up wants to read there: it is told late of being taken down, when more may have come below.
    if (isAtEnd) isFollowing = true;
    else if (log.scrollTop < lastTop) isFollowing = false;
    lastTop = log.scrollTop;
  });
  new ResizeObserver(follow).observe(log);
  return follow;
}

/** The lane itself: who holds it, and who waits, in the order of their start. */
function showLine(element, cards) {
  const holding = cards.find(({ state }) => ['running', 'asking', 'stopping'].includes(state));
  const joined = cards.filter(({ state }) => state === 'joined');
  const waiting = cards.filter(({ state }) => state === 'waiting');
  const chips = [holding, ...joined, ...waiting].filter((card) => card !== undefined);
  element.replaceChildren(
    ...chips.map(({ id, state }) => {
      const chip = document.createElement('li');
      chip.textContent = `${marks[state]} #${id}`;
      chip.dataset.state = state;
      return chip;
    }),
  );
}

const marks = { running: '▶', asking: '?', stopping: '■', joined: '+', waiting: '·' };
