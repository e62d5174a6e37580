import { expect, it } from 'vitest';
import { PackedLater } from '../../src/gpt/packedLater';
import type { Session } from '../../src/onnx/runtime';

/** A session that says what becomes of it. */
function recorded(name: string, events: string[]): Session {
  let released = false;
  const session = {
    run: async () => {
      if (released) throw new Error('Session already disposed.');
      await new Promise((resolve) => setTimeout(resolve, 2));
      events.push(`${name} ran`);
      return {};
    },
    release: async () => {
      released = true;
      events.push(`${name} released`);
      return Promise.resolve();
    },
  };
  return session as unknown as Session;
}

it('packs with the second run, and gives the mapped graph back only then', async () => {
  const events: string[] = [];
  const later = new PackedLater(recorded('mapped', events), () =>
    Promise.resolve(recorded('packed', events)),
  );
  await Promise.all([later.run({}, []), later.run({}, []), later.run({}, [])]);
  await later.release();
  expect(events).toEqual(['mapped ran', 'mapped released', 'packed ran', 'packed ran', 'packed released']); // prettier-ignore
});

it('tries again where it could not be packed', async () => {
  const events: string[] = [];
  let tries = 0;
  const later = new PackedLater(recorded('mapped', events), () =>
    tries++ === 0
      ? Promise.reject(new Error('The file was replaced.'))
      : Promise.resolve(recorded('packed', events)),
  );
  await later.run({}, []);
  await expect(later.run({}, [])).rejects.toThrow('The file was replaced.');
  await later.run({}, []);
  expect(events).toEqual(['mapped ran', 'mapped released', 'packed ran']);
});

it('stays mapped where it is to', async () => {
  const events: string[] = [];
  const later = new PackedLater(recorded('mapped', events), null);
  for (let i = 0; i < 3; i++) await later.run({}, []);
  expect(events).toEqual(['mapped ran', 'mapped ran', 'mapped ran']);
});
