/** The list of streams, and the form that adds one. */
import {addStream, models} from './api.js';
import {byId, element, reconcile, setText} from './dom.js';

export class Streams {
  #chosen;

  /** @param chosen called with the name of a stream that shall be watched */
  constructor(chosen) {
    this.#chosen = chosen;
    byId('add').addEventListener('submit', event => {
      event.preventDefault();
      this.#add(event.target);
    });
    byId('add').closest('details').addEventListener('toggle', () => offerModels(), {once: true});
  }

  show(streams, watched) {
    const live = streams.filter(stream => stream.state === 'live').length;
    setText(byId('summary'), streams.length ? `${live} of ${streams.length} live` : '');
    byId('no-streams').hidden = streams.length > 0;
    reconcile(byId('streams'), streams, stream => stream.name, stream => this.#item(stream), (item, stream) => {
      const button = item.firstChild;
      button.setAttribute('aria-pressed', String(stream.name === watched));
      item.className = stream.state;
      setText(button.querySelector('.state'), stream.state);
      setText(button.querySelector('small'), stream.error ?? [stream.width && `${stream.width}×${stream.height}`, stream.model].filter(Boolean).join(' · '));
    });
  }

  #item({name}) {
    return element('li', {}, element('button', {type: 'button', onclick: () => this.#chosen(name)},
        element('span', {class: 'dot', 'aria-hidden': 'true'}), element('span', {class: 'name'}, name),
        element('span', {class: 'state'}), element('small')));
  }

  async #add(form) {
    const settings = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
    const said = form.querySelector('.said');
    try {
      await addStream(settings);
      said.textContent = '';
      form.reset();
      this.#chosen(settings.name);
    } catch (refused) {
      said.textContent = refused.message;
    }
  }
}

async function offerModels() {
  const list = byId('add').querySelector('.models');
  try {
    const names = (await models()).map(model => model.name);
    list.append(...names.map(name => element('option', {value: name}, name)));
  } catch (refused) {
    // The best one is offered anyway.
  }
}
