/** The page: streams and files on one side, what is watched on the other. The address names the stream: /#cam. */
import {streams} from './api.js';
import {byId, setText} from './dom.js';
import {Jobs} from './jobs.js';
import {Streams} from './streams.js';
import {Watch} from './watch.js';

const REFRESH_MS = 1000;

const watch = new Watch(() => {
  history.replaceState(null, '', '#');
  watch.close();
});
const list = new Streams(name => {
  history.replaceState(null, '', `#${encodeURIComponent(name)}`);
  watch.stream(name);
  byId('watch').scrollIntoView({block: 'nearest'});
});
let first = true;

async function refresh() {
  try {
    const all = await streams();
    if (first && all.length) {
      first = false;
      const named = decoded(location.hash.slice(1));
      watch.stream((all.find(stream => stream.name === named) ?? all[0]).name);
    }
    list.show(all, watch.name);
    const watched = all.find(stream => stream.name === watch.name);
    if (watched) watch.show(watched);
  } catch (lost) {
    setText(byId('summary'), lost.status ? lost.message : 'The server does not answer.');
  }
  setTimeout(refresh, REFRESH_MS);
}

/** What people write may be encoded in no way; that names no stream. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

new Jobs(job => watch.file(job));
refresh();
