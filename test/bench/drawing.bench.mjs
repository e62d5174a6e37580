/* global document, performance -- in the functions that run in the page */
// Drawing, in a browser of its own: how long a 1,024 × 1,024 pattern takes; and the longest task while
// everything that the panel shows of 512 tokens arrives, and while another token is chosen, in
// milliseconds of the page's own thread (other work on the machine does not count). Needs the built
// panel (npm run build).
import { launchPanel } from '../panel/harness/page.mjs';

/** Runs in the page: median time of a redraw in ms. */
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

/**
 * Of the tasks of a page's main thread after its scripts were loaded, the longest in milliseconds.
 * @param {import('playwright-core').Browser} browser
 * @param {() => Promise<unknown>} work
 */
async function longestTask(browser, work) {
  const categories = ['toplevel', 'devtools.timeline'];
  await browser.startTracing(undefined, { categories });
  await work();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
  const place = ({ pid, tid }) => `${pid} ${tid}`;
  const renderers = traceEvents
    .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
    .map(place);
  const loaded = Math.max(
    0,
    ...traceEvents
      .filter(({ name }) => name === 'v8.evaluateModule')
      .map(({ ts, dur }) => ts + dur),
  );
  const tasks = traceEvents.filter(
    (event) => /RunTask$/.test(event.name) && event.ts > loaded && renderers.includes(place(event)),
  );
  // The test's own questions to the page, which come by the debugger's channel, are not the panel's.
  const questions = traceEvents.filter(
    ({ args }) =>
      args?.chrome_mojo_event_info?.mojo_interface_tag === 'blink.mojom.DevToolsSession',
  );
  const asks = (task) =>
    questions.some(
      (each) => place(each) === place(task) && each.ts >= task.ts && each.ts < task.ts + task.dur,
    );
  return Math.max(...tasks.filter((task) => !asks(task)).map(({ tdur = 0 }) => tdur)) / 1000;
}

const panel = await launchPanel();
console.log('width   linear ms   logarithmic ms   limit   arriving ms   choosing ms   limit');
for (const width of [420, 1400]) {
  const page = await panel.open({ fixture: 'long', width, height: 1200 });
  await page.getByRole('grid').first().waitFor();
  const { linear, logarithmic } = await page.evaluate(measure);
  const browser = page.context().browser();
  // The stand-in of the engine works in the page too: a live engine shows the panel's own tasks.
  const text = 'The Moon is the Earth’s only natural satellite. '.repeat(60);
  let live;
  const arriving = await longestTask(browser, async () => {
    live = await panel.open({ live: text, width, height: 1200 });
    await live.waitForTimeout(6000);
  });
  const choosing = await longestTask(browser, async () => {
    await live.locator('fp-token-flow .item').nth(100).click();
    await live.waitForTimeout(4000);
  });
  const cells = [width, linear.toFixed(1), logarithmic.toFixed(1), 50, arriving.toFixed(0), choosing.toFixed(0), 100]; // prettier-ignore
  const places = [5, 9, 14, 5, 11, 11, 5];
  console.log(cells.map((cell, i) => String(cell).padStart(places[i])).join('   '));
  await page.context().close();
  await live.context().close();
}
await panel.close();
