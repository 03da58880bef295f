'use strict';
// The page is whole without this: here is what makes it handier.
(() => {
  const all = (selector, of = document) => [...of.querySelectorAll(selector)];
  const form = document.getElementById('filter');
  const search = document.getElementById('search');
  const boxes = all('input[name=outcome]', form);
  const count = document.getElementById('count');
  const empty = document.getElementById('empty');
  const filtered = document.getElementById('filtered');
  const readout = document.getElementById('cell');
  const table = document.querySelector('.matrix');
  const text = el => el.textContent.toLowerCase();
  // Ids come from case names, which may hold anything: never query by them.
  const named = hash => { try { return document.getElementById(decodeURIComponent(hash.slice(1))); } catch { return null; } };
  const idIn = link => { try { return decodeURIComponent(link.getAttribute('href').slice(1)); } catch { return ''; } };

  // What can be filtered: lines of obligations, with their cell, and causes. It
  // is read when it is first asked for, so that a large page is at hand at once.
  let index;
  function contents() {
    if (index) return index;
    const behind = new Map();
    const causes = all('.cause').map(el => {
      const lines = all('li[data-of]', el);
      for (const li of lines) behind.set(li.dataset.of, `${behind.get(li.dataset.of) || ''} ${text(li)}`);
      return { el, text: text(el.parentElement.querySelector('h3')) + text(el), of: lines.map(li => li.dataset.of) };
    });
    const cells = new Map(all('td a', table).map(a => [idIn(a), a]));
    const requirements = all('.requirement').map(el => {
      const head = text(el.querySelector('summary')) + text(el.querySelector('.clause'));
      const lines = all('tr[data-outcome]', el).map(line => ({
        el: line, outcome: line.dataset.outcome, cell: cells.get(line.dataset.of), id: line.dataset.of,
        text: [head, text(line), line.dataset.of.toLowerCase(), behind.get(line.dataset.of) || ''].join(' '),
      }));
      return { el, lines };
    });
    const statements = all('.statement').map(el => ({ el, text: text(el) }));
    index = { causes, requirements, statements, failures: all('.failure'), chapters: all('tbody', table) };
    return index;
  }
  const rows = all('tbody tr:not(.chapter)', table).map(el => ({ el, cells: all('td a', el) }));

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const outcomes = boxes.filter(b => b.checked).map(b => b.value);
    const active = words.length > 0 || outcomes.length > 0;
    if (!active && !index) return; // nothing was ever hidden
    const { causes, requirements, statements, failures, chapters } = contents();
    const fits = (t, outcome) => (!outcomes.length || outcomes.includes(outcome)) && words.every(w => t.includes(w));
    const shown = new Set();
    let total = 0;
    for (const r of requirements) {
      for (const line of r.lines) {
        const fit = fits(line.text, line.outcome);
        total++;
        if (fit) shown.add(line.id);
        line.el.hidden = !fit;
        line.cell?.classList.toggle('off', !fit);
      }
      r.el.hidden = r.lines.every(line => line.el.hidden);
    }
    for (const c of causes) c.el.hidden = active && !fits(c.text, c.el.dataset.outcome) && !(words.length && c.of.some(id => shown.has(id)));
    for (const s of statements) s.el.hidden = !fits(s.text, s.el.dataset.outcome);
    for (const f of failures) f.hidden = all('.cause', f).every(c => c.hidden);
    for (const r of rows) r.el.hidden = active && r.cells.every(a => a.classList.contains('off'));
    for (const c of chapters) c.hidden = all('tr:not(.chapter)', c).every(r => r.hidden);
    let says = active ? `${shown.size} of ${total} obligations` : '';
    if (active && causes.length) says += `, ${causes.filter(c => !c.el.hidden).length} of ${causes.length} causes`;
    if (count.textContent !== says) count.textContent = says;
    filtered.hidden = !active;
    if (active) filtered.textContent = `A filter is set: this print shows ${says}, and nothing else.`;
    empty.hidden = !active || shown.size > 0 || [...causes, ...statements].some(x => !x.el.hidden);
    enter();
  }

  // The state of the filter is in the address: #?q=words&outcome=fail.
  function remember() {
    const state = new URLSearchParams();
    if (search.value.trim()) state.set('q', search.value.trim());
    const outcomes = boxes.filter(b => b.checked).map(b => b.value);
    if (outcomes.length) state.set('outcome', outcomes.join(' '));
    history.replaceState(null, '', state.size ? '#?' + state : location.pathname + location.search);
  }

  function recall() {
    const hash = location.hash;
    if (hash.startsWith('#?') || hash.length < 2) {
      const state = new URLSearchParams(hash.slice(2));
      const outcomes = (state.get('outcome') || '').split(' ');
      search.value = state.get('q') || '';
      for (const b of boxes) b.checked = outcomes.includes(b.value);
      filter();
      return;
    }
    reveal(named(hash));
  }

  // A link to something that is folded or filtered away shows it all the same.
  function reveal(el) {
    if (!el) return;
    for (let up = el; up; up = up.parentElement) {
      if (up.hidden && up !== form) {
        search.value = '';
        for (const b of boxes) b.checked = false;
        filter();
      }
      if (up.localName === 'details') up.open = true;
    }
    el.scrollIntoView();
    if (el.tabIndex < 0) el.tabIndex = -1;
    el.focus({ preventScroll: true });
  }

  let pause;
  search.addEventListener('input', () => { clearTimeout(pause); pause = setTimeout(() => { filter(); remember(); }, 120); });
  form.addEventListener('change', e => { if (e.target !== search) { filter(); remember(); } });
  form.addEventListener('submit', e => { e.preventDefault(); clearTimeout(pause); filter(); remember(); });
  form.addEventListener('reset', () => setTimeout(() => { filter(); remember(); }));
  window.addEventListener('hashchange', recall);
  document.addEventListener('click', e => {
    const a = e.target.closest?.('a[href^="#"]');
    if (a && a.getAttribute('href') === location.hash) reveal(named(location.hash)); // the address does not change
  });

  // The matrix is a grid: one stop for Tab, arrows within.
  const grid = rows.map(r => [...r.el.children].map(c => c.querySelector('a')));
  const at = new Map();
  grid.forEach((line, y) => line.forEach((a, x) => { if (a) { at.set(a, [y, x]); a.tabIndex = -1; } }));
  let stop;
  const there = (y, x) => { const a = grid[y]?.[x]; return a && !rows[y].el.hidden && !a.classList.contains('off') ? a : null; };
  function enter(a) {
    if (!a && stop && there(...at.get(stop))) return;
    const next = a || [...at.keys()].find(c => at.get(c)[1] > 0 && there(...at.get(c)));
    if (stop) stop.tabIndex = -1;
    stop = next;
    if (stop) stop.tabIndex = 0;
  }
  function step(y, x, down, right) {
    for (y += down, x += right; y >= 0 && y < grid.length && x >= 0 && x < grid[y].length; y += down, x += right) {
      const a = there(y, x);
      if (a) return a;
    }
    return null;
  }
  table.addEventListener('keydown', e => {
    const place = at.get(e.target);
    if (!place || e.altKey || e.metaKey) return;
    const [y, x] = place;
    const ends = grid[y].map((_, i) => there(y, i)).filter(Boolean);
    const whole = [...at.keys()].filter(a => there(...at.get(a)));
    const a = {
      ArrowUp: () => step(y, x, -1, 0), ArrowDown: () => step(y, x, 1, 0),
      ArrowLeft: () => step(y, x, 0, -1), ArrowRight: () => step(y, x, 0, 1),
      Home: () => (e.ctrlKey ? whole : ends)[0], End: () => (e.ctrlKey ? whole : ends).at(-1),
    }[e.key]?.();
    if (a === undefined) return;
    e.preventDefault();
    if (a) { enter(a); a.focus(); }
  });
  const heads = all('thead th[scope=col]', table);
  function light(a) {
    for (const h of all('.lit', table)) h.classList.remove('lit');
    const place = at.get(a);
    readout.textContent = '\u00a0';
    if (!place) return;
    heads[place[1] - 1]?.classList.add('lit');
    const row = rows[place[0]].el.querySelector('th');
    const label = a.getAttribute('aria-label');
    readout.textContent = label ? `${label} — ${row.querySelector('span').textContent}` : row.textContent;
  }
  table.addEventListener('focusin', e => light(e.target));
  table.addEventListener('focusout', () => light());
  table.addEventListener('mouseover', e => light(e.target.closest('a')));
  table.addEventListener('mouseleave', () => light(document.activeElement));
  table.setAttribute('role', 'grid');

  // Curl lines can be copied.
  for (const pre of all('pre.copy')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', async () => {
      button.textContent = (await copy(pre)) ? 'Copied' : 'Press Ctrl+C';
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    });
    pre.before(button);
  }
  async function copy(pre) {
    try {
      await navigator.clipboard.writeText(pre.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(pre); // also where there is no clipboard to write to
      return document.execCommand('copy');
    }
  }

  // Where the style cannot show closed parts on paper, they are opened for it.
  if (!CSS.supports('selector(::details-content)')) {
    let opened = [];
    addEventListener('beforeprint', () => { opened = all('details:not([open])'); for (const d of opened) d.open = true; });
    addEventListener('afterprint', () => { for (const d of opened) d.open = false; });
  }

  enter();
  form.hidden = false;
  readout.hidden = false;
  document.documentElement.classList.add('js');
  recall();
})();
