/** Files: dropped here, upscaled by the server, and fetched again. */
import {changeJob, jobEvents, jobOutput, jobPicture, jobs, removeJob, upload} from './api.js';
import {byId, element, reconcile, setText} from './dom.js';

const REFRESH_MS = 3000;
const FOLLOWED = 2;
const ENDED = ['done', 'failed', 'cancelled'];

export class Jobs {
  #watch;
  #known = [];
  #sending = [];
  #events = new Map();

  /** @param watch called with a finished job, to show what became of it */
  constructor(watch) {
    this.#watch = watch;
    const form = byId('upload');
    form.file.addEventListener('change', () => {
      this.#send([...form.file.files]);
      form.file.value = '';
    });
    for (const name of ['dragenter', 'dragover']) {
      document.addEventListener(name, event => {
        if (byId('jobs-part').hidden || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        document.body.classList.add('dropping');
      });
    }
    document.addEventListener('dragleave', event => {
      if (!event.relatedTarget) document.body.classList.remove('dropping');
    });
    document.addEventListener('drop', event => {
      document.body.classList.remove('dropping');
      if (byId('jobs-part').hidden || !event.dataTransfer.files.length) return;
      event.preventDefault();
      this.#send([...event.dataTransfer.files]);
    });
    this.#refresh();
  }

  async #refresh() {
    let again = true;
    try {
      this.#known = await jobs();
      byId('jobs-part').hidden = false;
      this.#show();
    } catch (refused) {
      // Servers without jobs say that there is nothing here; then this part of the page is not there either.
      again = ![401, 403, 404].includes(refused.status);
    }
    if (again) setTimeout(() => this.#refresh(), REFRESH_MS);
  }

  async #send(files) {
    const form = byId('upload');
    const said = form.querySelector('.said');
    said.textContent = '';
    for (const file of files) {
      const sending = {id: `sending ${file.name} ${performance.now()}`, name: file.name, state: 'sending', share: 0};
      this.#sending.push(sending);
      try {
        const job = await upload(file, form.scale.value, share => {
          sending.share = share;
          this.#show();
        });
        this.#known.push(job);
      } catch (refused) {
        said.textContent = `${file.name}: ${refused.message}`;
      }
      this.#sending.splice(this.#sending.indexOf(sending), 1);
      this.#show();
    }
  }

  #show() {
    this.#follow();
    const newest = [...this.#sending].reverse().concat([...this.#known].sort((a, b) => b.created.localeCompare(a.created)));
    const list = byId('jobs');
    reconcile(list, newest, job => job.id, () => item(), (row, job) => this.#update(row, job));
    newest.forEach((job, i) => {
      const row = [...list.children].find(child => child.dataset.key === String(job.id));
      if (list.children[i] !== row) list.insertBefore(row, list.children[i]);
    });
  }

  /** Jobs at work tell of themselves, a few: browsers have few connections for a host. */
  #follow() {
    const working = new Set(this.#known.filter(job => job.state === 'running').slice(0, FOLLOWED).map(job => job.id));
    for (const [id, events] of this.#events) {
      if (!working.has(id)) {
        events.close();
        this.#events.delete(id);
      }
    }
    for (const id of working) {
      if (this.#events.has(id)) continue;
      const events = jobEvents(id);
      this.#events.set(id, events);
      for (const kind of ['progress', 'state']) {
        events.addEventListener(kind, event => {
          const at = this.#known.findIndex(known => known.id === id);
          if (at < 0) return;
          this.#known[at] = JSON.parse(event.data);
          this.#show();
        });
      }
    }
  }

  #update(row, job) {
    const share = job.state === 'sending' ? job.share : job.totalFrames ? job.frames / job.totalFrames : 0;
    row.className = job.state;
    setText(row.querySelector('.name'), job.name);
    setText(row.querySelector('.state'), job.state);
    setText(row.querySelector('small'), job.error ?? facts(job));
    const bar = row.querySelector('progress');
    bar.hidden = ENDED.includes(job.state);
    bar.value = share;
    bar.setAttribute('aria-label', `${job.name}: ${Math.round(100 * share)} %`);
    comes(row.querySelector('img'), job);
    const actions = this.#actions(job);
    const bar2 = row.querySelector('.actions');
    const wanted = actions.map(action => action.dataset.does).join();
    if (bar2.dataset.does !== wanted) {
      bar2.dataset.does = wanted;
      bar2.replaceChildren(...actions);
    }
  }

  #actions(job) {
    const said = byId('upload').querySelector('.said');
    const act = async doing => {
      try {
        await doing();
        this.#known = await jobs();
        said.textContent = '';
      } catch (refused) {
        said.textContent = `${job.name}: ${refused.message}`;
      }
      this.#show();
    };
    const button = (name, doing) => element('button', {type: 'button', class: 'plain', 'data-does': name, 'aria-label': `${name} ${job.name}`, onclick: () => act(doing)}, name);
    if (job.state === 'sending') return [];
    if (job.state === 'done') {
      return [
        button('Watch', async () => this.#watch(job)),
        element('a', {href: jobOutput(job.id), download: '', 'data-does': 'Download', 'aria-label': `Download ${job.name}`}, 'Download'),
        button('Delete', () => removeJob(job.id)),
      ];
    }
    if (ENDED.includes(job.state)) return [button('Delete', () => removeJob(job.id))];
    return [
      job.state === 'paused' ? button('Resume', () => changeJob(job.id, 'queued')) : button('Pause', () => changeJob(job.id, 'paused')),
      button('Cancel', () => changeJob(job.id, 'cancelled')),
    ];
  }
}

function item() {
  return element('li', {}, element('span', {class: 'name'}), element('span', {class: 'state'}),
      element('img', {alt: '', hidden: true}), element('progress', {max: 1, value: 0}), element('small'), element('span', {class: 'actions'}));
}

/** Shows the newest frame of a job that is worked on, one picture after the other. */
function comes(picture, job) {
  if (job.state !== 'running' || !job.frames) {
    picture.hidden = true;
    return;
  }
  // The first picture comes a moment after the first frame.
  picture.dataset.first ??= job.frames;
  if (picture.dataset.first === String(job.frames)) return;
  const address = jobPicture(job.id, job.frames);
  if (picture.dataset.wanted === address || (picture.dataset.wanted && !picture.dataset.settled)) return;
  picture.dataset.wanted = address;
  delete picture.dataset.settled;
  const next = new Image();
  next.onload = () => {
    picture.src = next.src;
    picture.hidden = false;
    picture.dataset.settled = 'shown';
  };
  next.onerror = () => (picture.dataset.settled = 'none');
  next.src = address;
  picture.alt = `${job.name}, frame ${job.frames}`;
}

function facts(job) {
  if (job.state === 'sending') return `${Math.round(100 * job.share)} % sent`;
  const told = [];
  if (job.totalFrames) told.push(`${job.frames} of ${job.totalFrames} frames`);
  else if (job.frames) told.push(`${job.frames} frames`);
  if (job.fps) told.push(`${job.fps.toFixed(1)} fps`);
  if (job.etaSeconds) told.push(`${time(job.etaSeconds)} left`);
  return told.join(' · ');
}

function time(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
