/** What is watched: one stream, as video or as a comparison of single pictures, or a finished file. */
import {jobOutput, live, removeStream} from './api.js';
import {Compare} from './compare.js';
import {byId, chosen, element, reconcile, setText} from './dom.js';
import {Graphs} from './graphs.js';
import {playFile, playHls, playMse} from './players.js';

export class Watch {
  name = null;
  #player = null;
  #compare;
  #graphs = new Graphs(byId('graphs'));
  #video = byId('video');

  /** @param removed called when the stream is no more */
  constructor(removed) {
    this.#compare = new Compare(said => setText(byId('said'), said));
    for (const choice of document.querySelectorAll('input[name=way], input[name=view]')) {
      choice.addEventListener('change', () => this.#play());
    }
    byId('remove').addEventListener('click', () => this.#remove(removed));
  }

  stream(name) {
    if (this.name !== name) this.#graphs.clear();
    this.name = name;
    this.#open(name, false);
    const paths = live(name);
    for (const link of ['hls', 'ts', 'mp4', 'mjpeg', 'jpeg']) byId(`link-${link}`).href = paths[link];
    this.#play();
  }

  file(job) {
    this.name = null;
    this.#open(job.name, true);
    setText(byId('watch-state'), 'upscaled file');
    this.#stop();
    this.#player = playFile(this.#video, jobOutput(job.id));
    byId('watch').focus();
  }

  close() {
    this.name = null;
    this.#stop();
    byId('watch').hidden = true;
  }

  /** Shows how the stream is. */
  show(stream) {
    setText(byId('watch-state'), stream.state === 'live' ? `${stream.width}×${stream.height} · ${stream.model}` : stream.error ?? stream.state);
    this.#graphs.add(stream);
    const facts = {
      Codecs: stream.codecs ?? '–',
      Dropped: `${stream.framesDropped} of ${stream.framesIn}`,
      Connections: stream.viewers,
      Buffered: `${ahead(this.#video).toFixed(1)} s`,
    };
    reconcile(byId('facts'), Object.entries(facts), ([name]) => name,
        ([name]) => element('div', {}, element('dt', {}, name), element('dd')),
        (row, [, value]) => setText(row.lastChild, String(value)));
  }

  #open(title, file) {
    byId('watch').hidden = false;
    setText(byId('watch-title'), title);
    for (const part of ['views', 'graphs', 'facts']) byId(part).hidden = file;
    byId('watch').querySelector('.links').hidden = file;
    this.#arrange(file ? 'file' : chosen('view'));
  }

  #arrange(view) {
    byId('wipe').hidden = view !== 'compare';
    this.#video.hidden = view === 'compare';
    for (const tools of document.querySelectorAll('.tools')) tools.hidden = tools.dataset.view !== view;
  }

  #play() {
    if (!this.name) return;
    this.#stop();
    const view = chosen('view');
    this.#arrange(view);
    if (view === 'compare') {
      this.#compare.start(this.name);
    } else {
      const way = chosen('way') === 'mse' ? playMse : playHls;
      this.#player = way(this.#video, this.name, text => setText(byId('said'), text));
    }
  }

  #stop() {
    setText(byId('said'), '');
    this.#player?.stop();
    this.#player = null;
    this.#compare.stop();
  }

  async #remove(removed) {
    const name = this.name;
    if (!confirm(`Remove stream ${name}? Whoever watches it is cut off.`)) return;
    this.#stop();
    try {
      await removeStream(name);
      removed(name);
    } catch (refused) {
      setText(byId('watch-state'), refused.message);
      this.#play();
    }
  }
}

function ahead(video) {
  const ranges = video.buffered;
  return ranges.length ? Math.max(0, ranges.end(ranges.length - 1) - video.currentTime) : 0;
}
