/* global PerformanceObserver, document, performance -- in the functions that run in the page */
// Drawing, in a browser of its own: how long a 1,024 × 1,024 pattern takes, and the longest task while
// everything that the panel shows of such a text arrives. Needs the built panel (npm run build).
import { launchPanel } from '../panel/harness/page.mjs';

/** Runs in the page: median time of a redraw in ms, and the longest task so far. */
async function measure() {
  const find = (root, name) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.localName === name) return element;
      const inside = element.shadowRoot && find(element.shadowRoot, name);
      if (inside) return inside;
    }
    return null;
  };
  const map = find(document, 'fp-heat-map');
  const times = { linear: [], logarithmic: [] };
  for (let round = 0; round < 18; round++) {
    const logarithmic = round % 2 === 1;
    const start = performance.now();
    map.scale = { ...map.scale, logarithmic };
    await map.updateComplete;
    times[logarithmic ? 'logarithmic' : 'linear'].push(performance.now() - start);
  }
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  return { linear: median(times.linear), logarithmic: median(times.logarithmic) };
}

const panel = await launchPanel();
console.log('width   linear ms   logarithmic ms   limit   longest task ms   limit');
for (const width of [420, 1400]) {
  const page = await panel.open({ fixture: 'long', width, height: 1200 });
  const { linear, logarithmic } = await page.evaluate(measure);
  // The stand-in of the engine works in the page too: a live engine shows the panel's own tasks.
  const text = 'The Moon is the Earth’s only natural satellite. '.repeat(60);
  const live = await panel.open({ live: text, width, height: 1200 });
  const longest = await live.evaluate(
    () =>
      new Promise((done) => {
        let most = 0;
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) most = Math.max(most, duration);
        }).observe({ type: 'longtask', buffered: true });
        setTimeout(() => done(most), 4000);
      }),
  );
  const cells = [width, linear.toFixed(1), logarithmic.toFixed(1), 50, longest.toFixed(0), 100];
  const places = [5, 9, 14, 5, 15, 5];
  console.log(cells.map((cell, i) => String(cell).padStart(places[i])).join('   '));
  await page.context().close();
  await live.context().close();
}
await panel.close();
