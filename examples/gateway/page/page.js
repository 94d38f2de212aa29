/** The page: shows what the gateway's feed says, and sends what is typed and chosen. It decides nothing itself. */
import { makeUser } from './user.js';

const { users: names, choices } = await (await fetch('about')).json();
const page = pageId();

/** @type {Map<string, ReturnType<typeof makeUser>>} */
const users = new Map(names.map((name, index) => [name, makeUser(name, index, { send, cancel })]));
document.querySelector('main').append(...[...users.values()].map(({ element }) => element));

const radios = new Map(choices.map((choice) => [choice.name, makeChoice(choice, choose)]));
document.querySelector('.choices').append(...[...radios.values()].map(({ element }) => element));

/** Who has sent the message of this id. */
const userOf = new Map();

connect();
setInterval(() => {
  for (const user of users.values()) user.tick();
}, 200);

function connect() {
  const source = new EventSource(`events?page=${page}`);
  const on = (type, listener) => source.addEventListener(type, ({ data }) => listener(JSON.parse(data)));
  // What was missed is in the next snapshot, so nothing has to be asked for again.
  on('snapshot', showAll);
  on('card', ({ card }) => showCard(card));
  on('word', ({ id, word }) => users.get(userOf.get(id))?.addWord(id, word));
  on('lane', ({ lane }) => users.get(lane.user)?.showLane(lane));
  on('forgotten', ({ id }) => users.get(userOf.get(id))?.forget(id));
  on('chosen', ({ name }) => showChosen(name));
  source.addEventListener('open', () => showOffline(false));
  source.addEventListener('error', () => {
    showOffline(true);
    // Some failures it tries again by itself, and some it takes for final.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1000);
  });
}

function makeChoice(choice, onChoose) {
  const element = document.getElementById('choice').content.firstElementChild.cloneNode(true);
  const radio = element.querySelector('input');
  element.querySelector('span').textContent = choice.title;
  radio.value = choice.name;
  radio.addEventListener('change', () => onChoose(choice.name));
  return { element, choice, radio };
}

function showAll({ cards, lanes, chosen, nowMs }) {
  for (const user of users.values()) user.clear(nowMs - Date.now());
  for (const card of cards) showCard(card);
  for (const lane of lanes) users.get(lane.user)?.showLane(lane);
  showChosen(chosen);
  document.body.dataset.ready = 'true';
}

function showCard(card) {
  userOf.set(card.id, card.user);
  users.get(card.user)?.showCard(card);
}

function showChosen(name) {
  const chosen = radios.get(name);
  if (chosen === undefined) return;
  chosen.radio.checked = true;
  document.body.dataset.chosen = name;
  document.querySelector('.chosen code').textContent = chosen.choice.code;
  document.querySelector('.chosen span').textContent = chosen.choice.says;
}

function showOffline(isOffline) {
  document.querySelector('.offline').hidden = !isOffline;
}

function send(user, text) {
  void request('POST', 'messages', { user, text, page });
}

function cancel(user) {
  void request('POST', `users/${encodeURIComponent(user)}/cancel`);
}

function choose(name) {
  void request('PUT', 'policy', { name });
}

// What comes of it is told by the feed, to this page as to all others; also when it was refused.
async function request(method, path, body) {
  const headers = { 'content-type': 'application/json' };
  await fetch(path, { method, headers, body: JSON.stringify(body ?? {}) }).catch(() => showOffline(true));
}

/** Stays the same when the page is loaded again, so that what it had sent goes on. */
function pageId() {
  const known = sessionStorage.getItem('page');
  if (known !== null) return known;
  const id = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  sessionStorage.setItem('page', id);
  return id;
}
