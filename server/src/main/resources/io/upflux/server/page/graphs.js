/** The last two minutes of a stream as small graphs: frames a second, latency, reuse, and the governor's rung. */
import {element, setText} from './dom.js';
import {REUSE} from './overlay.js';

const KEPT = 120;
const WIDTH = 240;
const HEIGHT = 56;
const SVG = 'http://www.w3.org/2000/svg';

export class Graphs {
  #root;
  #samples = [];
  #frames = null;
  #figures;

  constructor(root) {
    this.#root = root;
    this.#figures = {
      fps: figure('Frames a second', [''], ['line']),
      latency: figure('Latency', [''], ['line']),
      reuse: figure('Windows reused', REUSE.map(state => state.name), REUSE.map(state => `area ${state.key}`)),
      rung: figure('Quality', [''], ['line']),
    };
    root.replaceChildren(...Object.values(this.#figures).map(made => made.element));
  }

  /** Begins anew. */
  clear() {
    this.#samples = [];
    this.#frames = null;
  }

  /** Takes note of a stream's state, and draws. */
  add(stream) {
    const now = performance.now();
    const before = this.#frames;
    this.#frames = {count: stream.framesOut, time: now};
    if (!before || now === before.time || stream.framesOut < before.count) return;
    const live = stream.state === 'live';
    this.#samples.push({
      fps: 1000 * (stream.framesOut - before.count) / (now - before.time),
      latency: live ? stream.latencyMillis ?? null : null,
      windows: live ? stream.windows ?? null : null,
      rung: live ? stream.rung ?? null : null,
    });
    if (this.#samples.length > KEPT) this.#samples.shift();
    this.#draw();
  }

  #draw() {
    const last = this.#samples.at(-1);
    const {fps, latency, reuse, rung} = this.#figures;
    const most = Math.max(5, ...this.#samples.map(sample => sample.fps)) * 1.1;
    const slowest = Math.max(10, ...this.#samples.map(sample => sample.latency ?? 0)) * 1.1;
    show(fps, last.fps.toFixed(1), [line(this.#samples.map(sample => sample.fps / most))]);
    show(latency, last.latency === null ? '–' : `${Math.round(last.latency)} ms`, [line(this.#samples.map(sample => sample.latency === null ? null : sample.latency / slowest))]);
    const reused = last.windows && Math.round(100 * (last.windows.unchanged + last.windows.updated));
    show(reuse, last.windows ? `${reused} %` : '–', this.#areas());
    const known = this.#samples.some(sample => sample.rung);
    rung.element.hidden = !known;
    if (known) {
      const deepest = Math.max(4, ...this.#samples.map(sample => sample.rung?.index ?? 0)) * 1.1;
      show(rung, last.rung?.name ?? '–', [line(this.#samples.map(sample => sample.rung ? 1 - sample.rung.index / deepest : null))]);
      rung.element.title = last.rung?.reason ?? '';
    }
  }

  /** One above the other; the first is at the bottom. */
  #areas() {
    const sums = this.#samples.map(() => 0);
    return REUSE.map(({key}) => {
      const below = [...sums];
      this.#samples.forEach((sample, i) => { sums[i] += sample.windows?.[key] ?? 0; });
      return band(below, sums);
    });
  }
}

function figure(title, names, classes) {
  const value = element('strong');
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  const paths = classes.map((name, i) => {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', name);
    if (names[i]) path.append(document.createElementNS(SVG, 'title'));
    if (names[i]) path.firstChild.textContent = names[i];
    svg.append(path);
    return path;
  });
  return {title, value, svg, paths, element: element('figure', {}, element('figcaption', {}, element('span', {}, title), value), svg)};
}

function show(made, text, shapes) {
  setText(made.value, text);
  made.svg.setAttribute('aria-label', `${made.title} over the last two minutes, now ${text}`);
  shapes.forEach((shape, i) => made.paths[i].setAttribute('d', shape));
}

const x = (i, count) => (WIDTH - (count - 1 - i) * WIDTH / (KEPT - 1)).toFixed(1);
const y = share => (HEIGHT - 1 - Math.max(0, Math.min(1, share)) * (HEIGHT - 2)).toFixed(1);

/** Values 0 to 1; a gap where one is null. */
function line(values) {
  let down = false;
  return values.map((value, i) => {
    const step = value === null ? '' : `${down ? 'L' : 'M'}${x(i, values.length)} ${y(value)}`;
    down = value !== null;
    return step;
  }).join('');
}

function band(below, above) {
  const points = [...above.map((value, i) => [i, value]), ...below.map((value, i) => [i, value]).reverse()];
  return `M${points.map(([i, value]) => `${x(i, above.length)} ${y(value)}`).join('L')}Z`;
}
