/** Elements, in few words. */

export const byId = id => document.getElementById(id);

/** An element with attributes and children; null children are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.filter(child => child !== null));
  return made;
}

/** Brings the children of a list in line with items, by their keys; elements that stay are only updated. */
export function reconcile(list, items, key, make, update) {
  const there = new Map([...list.children].map(child => [child.dataset.key, child]));
  for (const item of items) {
    const name = String(key(item));
    let child = there.get(name);
    if (!child) {
      child = make(item);
      child.dataset.key = name;
      list.append(child);
    }
    there.delete(name);
    update(child, item);
  }
  for (const gone of there.values()) gone.remove();
}

/** Sets text only where it changes, so that screen readers and selections are left in peace. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** The value of the radio button that is checked. */
export const chosen = name => document.querySelector(`input[name=${name}]:checked`).value;
