import type { InspectedToken, Inspection } from '../../src/protocol/inspection';
import type { PanelState } from '../../src/protocol/panel';

/** A token with the given properties; the others are of no matter. */
export function token(properties: Partial<InspectedToken>): InspectedToken {
  return {
    index: 0,
    id: 0,
    text: 'a',
    bytes: [97],
    start: 0,
    end: 1,
    special: false,
    logprob: null,
    rank: null,
    entropy: null,
    top: [],
    ...properties,
  };
}

/** A state that shows an inspection of `count` tokens. */
export function panelState(serial: number, count: number, position: number | null): PanelState {
  const tokens = Array.from({ length: count }, (_, index) => token({ index, id: index }));
  const model = { folder: '/model', name: 'tiny', vocabSize: 8, nLayer: 2, nHead: 3 };
  const result = {
    run: { model: { folder: '/model', threads: 0 }, ids: tokens.map(({ id }) => id) },
    model,
    tokens,
  } as unknown as Inspection;
  return {
    inspection: { serial, source: 'notes.md:1', revealable: true, result },
    busy: null,
    error: null,
    position,
    settings: { topK: 5, modelName: 'tiny' },
    compareWish: null,
    document: null,
  };
}
