/** The page: a list of streams with live state, and a player for one of them. */
import {playHls, playMse} from './players.js';

const REFRESH_MS = 1000;
const byId = id => document.getElementById(id);
const video = byId('video');
let watched = null;
let player = null;
let rates = new Map();

async function refresh() {
  try {
    const answer = await fetch('/api/v1/streams', {cache: 'no-store'});
    const {streams} = await answer.json();
    show(streams);
  } catch (lost) {
    byId('summary').textContent = 'The server does not answer.';
  }
  setTimeout(refresh, REFRESH_MS);
}

function show(streams) {
  const live = streams.filter(stream => stream.state === 'live').length;
  byId('summary').textContent = `${live} of ${streams.length} live`;
  byId('none').hidden = streams.length > 0;
  const list = byId('streams');
  for (const stream of streams) {
    button(list, stream.name).querySelector('small').replaceChildren(...state(stream));
  }
  for (const item of [...list.children]) {
    if (!streams.some(stream => stream.name === item.dataset.name)) item.remove();
  }
  const current = streams.find(stream => stream.name === watched);
  if (current) facts(current);
  if (!watched && streams.length) watch(streams[0].name);
}

function button(list, name) {
  const there = [...list.children].find(item => item.dataset.name === name);
  if (there) return there;
  const item = document.createElement('li');
  item.dataset.name = name;
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-pressed', 'false');
  button.append(name, document.createElement('small'));
  button.addEventListener('click', () => watch(name));
  item.append(button);
  list.append(item);
  return item;
}

function state(stream) {
  const word = document.createElement('span');
  word.className = stream.state;
  word.textContent = stream.state;
  const size = stream.width ? ` · ${stream.width}×${stream.height} · ${stream.model}` : ` · ${stream.model}`;
  return [word, stream.error ? ` · ${stream.error}` : size];
}

function facts(stream) {
  const now = performance.now();
  const before = rates.get(stream.name);
  const fps = before ? 1000 * (stream.framesOut - before.frames) / (now - before.time) : 0;
  rates.set(stream.name, {frames: stream.framesOut, time: now});
  const rows = {
    Picture: stream.width ? `${stream.width}×${stream.height}` : '–',
    Model: stream.model || '–',
    Quality: quality(stream.rung),
    Codecs: stream.codecs || '–',
    Rate: before ? `${fps.toFixed(1)} fps` : '–',
    Dropped: `${stream.framesDropped} of ${stream.framesIn}`,
    Buffered: `${ahead().toFixed(1)} s`,
    Viewers: stream.viewers,
  };
  byId('facts').replaceChildren(...Object.entries(rows).map(([name, value]) => {
    const row = document.createElement('div');
    const term = document.createElement('dt');
    const text = document.createElement('dd');
    term.textContent = name;
    text.textContent = value;
    row.append(term, text);
    return row;
  }));
}

function quality(rung) {
  if (!rung) {
    return '–';
  }
  return rung.index === 0 ? rung.name : `${rung.name} (${rung.reason}), ${rung.model}`;
}

function ahead() {
  const ranges = video.buffered;
  return ranges.length ? Math.max(0, ranges.end(ranges.length - 1) - video.currentTime) : 0;
}

function watch(name) {
  watched = name;
  for (const item of byId('streams').children) {
    item.firstChild.setAttribute('aria-pressed', String(item.dataset.name === name));
  }
  byId('watch').hidden = false;
  byId('watch-title').textContent = name;
  const path = encodeURIComponent(name);
  byId('link-hls').href = `/live/${path}/index.m3u8`;
  byId('link-ts').href = `/live/${path}.ts`;
  byId('link-mp4').href = `/live/${path}.mp4`;
  byId('link-mjpeg').href = `/api/stream.mjpeg?src=${path}`;
  byId('link-jpeg').href = `/api/frame.jpeg?src=${path}`;
  play();
}

function play() {
  player?.stop();
  byId('said').textContent = '';
  const way = document.querySelector('input[name=way]:checked').value;
  const say = text => { byId('said').textContent = text; };
  player = (way === 'mse' ? playMse : playHls)(video, watched, say);
}

for (const choice of document.querySelectorAll('input[name=way]')) choice.addEventListener('change', play);
refresh();
