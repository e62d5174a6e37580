import { html, LitElement, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { InspectedToken } from '../../protocol/inspection';
import type { Tint } from '../drawing/tokenScale';
import { bits } from '../format';
import { isByteToken, tokenPieces } from '../tokenPieces';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { lineNeighbour } from './lineNeighbour';
import { shared } from './styles';
import { tokenFlowStyles } from './tokenFlowStyles';
import { scrollIntoParent, tintItem } from './tokenPaint';

/** Heights that a bar can have, a quarter of a pixel apart. */
const barSteps = 24;
// How full a token's bar is. A property that nobody registers is inherited: for each of hundreds of bars,
// the styles of all that is in its token would be worked out anew.
CSS.registerProperty({
  name: '--token-share',
  syntax: '<number>',
  inherits: false,
  initialValue: '0',
});

/**
 * The tokens in reading flow, as a listbox: arrows move the focus, Enter or a click chooses. Fires
 * `choose` and `look` (pointed at or focused; null when that ends) with a token's index.
 *
 * The elements are rendered once for each text; tints, weights and the chosen token are written onto
 * them, so that a change of these costs nothing like a render.
 */
@customElement('fp-token-flow')
export class TokenFlow extends LitElement {
  @property() label = 'Tokens';
  @property({ attribute: false }) tokens: readonly InspectedToken[] = [];
  @property({ attribute: false }) tints: readonly (Tint | null)[] = [];
  /** Borders in place of tints. */
  @property({ type: Boolean }) bordered = false;
  /** Tokens without an expectation are hatched; off where nothing is coloured. */
  @property({ type: Boolean }) hatched = true;
  /** For each token a share from 0 to 1, drawn as a bar below it; null for none. */
  @property({ attribute: false }) weights: Float32Array | null = null;
  @property({ attribute: false }) position: number | null = null;
  /** A token that is pointed at elsewhere. */
  @property({ attribute: false }) pointed: number | null = null;

  private items: HTMLElement[] = [];
  /** What each item's bar says now. */
  private shares: string[] = [];
  /** The one token that the Tab key reaches. */
  private focused = 0;

  static override styles = [shared, tokenFlowStyles];

  override render() {
    const { tokens } = this;
    return html`<div
      class="flow"
      role="listbox"
      aria-label=${this.label}
      @click=${this.clicked}
      @keydown=${this.keyDown}
      @pointerover=${this.pointerOver}
      @pointerleave=${this.lookAway}
      @focusin=${this.focusIn}
      @focusout=${this.lookAway}
    >
      ${tokens.map((token, i) => this.token(token, tokens[i + 1]?.text))}
    </div>`;
  }

  private token(token: InspectedToken, next: string | undefined) {
    const { index, text, bytes, special } = token;
    const loose = isByteToken(text, bytes);
    const kind = special ? 'text special' : loose ? 'text bytes' : 'text';
    const pieces = tokenPieces(text, next);
    // A break at the end stands outside, where it leaves no stub of the token on the next line.
    const breaksAfter = pieces.at(-1)!.breaks;
    const shown = pieces.map(({ text: piece, breaks }, i) => {
      const breaksInside = breaks && i < pieces.length - 1;
      return html`${displayToken(piece)}${breaksInside ? html`<br />` : ''}`;
    });
    // Lines break before white space, as they would in the text, and before bytes, which are long.
    return html`${loose || /^\s/.test(text) ? html`<wbr />` : ''}<span
        class="item"
        role="option"
        tabindex="-1"
        aria-selected="false"
        aria-label=${spoken(token)}
        data-index=${index}
        ><span class=${kind}>${shown}</span></span
      >${breaksAfter ? html`<br />` : ''}`;
  }

  override shouldUpdate(changed: PropertyValues<this>): boolean {
    if (changed.has('tokens') || changed.has('label')) return true;
    this.paint(changed);
    return false;
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.items = [...this.renderRoot.querySelectorAll<HTMLElement>('.item')];
    this.focused = this.position ?? 0;
    for (const item of this.items) item.classList.remove('current', 'pointed');
    this.shares = this.items.map((item) => item.style.getPropertyValue('--token-share'));
    this.paint(changed, true);
  }

  private paint(changed: PropertyValues<this>, all = false): void {
    const { items } = this;
    if (all || changed.has('tints') || changed.has('bordered') || changed.has('hatched')) {
      const flow = this.renderRoot.querySelector('.flow')!;
      flow.classList.toggle('bordered', this.bordered);
      flow.classList.toggle('hatched', this.hatched);
      items.forEach((item, i) => tintItem(item.lastElementChild as HTMLElement, this.tints[i]));
    }
    if (all || changed.has('weights')) {
      items.forEach((item, i) => {
        // Most weights of a long text are next to nothing: only what is seen to change is written.
        const share = (Math.round((this.weights?.[i] ?? 0) * barSteps) / barSteps).toFixed(3);
        if (share === this.shares[i]) return;
        this.shares[i] = share;
        item.style.setProperty('--token-share', share);
      });
    }
    if (all || changed.has('pointed')) {
      items[changed.get('pointed') ?? -1]?.classList.remove('pointed');
      items[this.pointed ?? -1]?.classList.add('pointed');
    }
    if (all || changed.has('position')) this.markCurrent(changed.get('position') ?? null);
  }

  private markCurrent(before: number | null): void {
    const was = this.items[before ?? -1];
    was?.classList.remove('current');
    was?.setAttribute('aria-selected', 'false');
    const current = this.items[this.position ?? -1];
    current?.classList.add('current');
    current?.setAttribute('aria-selected', 'true');
    if (current) scrollIntoParent(current, this.parentElement!);
    this.rove(this.position ?? 0);
  }

  private rove(index: number): void {
    this.items[this.focused]?.setAttribute('tabindex', '-1');
    this.focused = index;
    this.items[index]?.setAttribute('tabindex', '0');
  }

  private readonly clicked = (event: Event) => {
    const index = indexOf(event);
    if (index === null) return;
    this.items[index]?.focus({ preventScroll: true });
    this.tell('choose', index);
  };

  private readonly pointerOver = (event: Event) => this.tell('look', indexOf(event));
  private readonly lookAway = () => this.tell('look', null);

  private readonly focusIn = (event: Event) => {
    const index = indexOf(event);
    if (index === null) return;
    this.rove(index);
    this.tell('look', index);
  };

  private readonly keyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.tell('choose', this.focused);
      return;
    }
    const to = this.destination(event.key);
    if (to === null) return;
    event.preventDefault();
    this.items[to]?.focus();
  };

  private destination(key: string): number | null {
    const last = this.items.length - 1;
    switch (key) {
      case 'ArrowLeft':
        return Math.max(0, this.focused - 1);
      case 'ArrowRight':
        return Math.min(last, this.focused + 1);
      case 'ArrowUp':
        return lineNeighbour(this.items, this.focused, -1);
      case 'ArrowDown':
        return lineNeighbour(this.items, this.focused, 1);
      case 'Home':
        return 0;
      case 'End':
        return last;
      default:
        return null;
    }
  }

  private tell(event: 'choose' | 'look', index: number | null): void {
    this.dispatchEvent(new CustomEvent(event, { detail: index }));
  }
}

/** A token for those who hear it: white space alone is named, the rest is said as it is. */
function spoken({ index, text, rank, logprob }: InspectedToken): string {
  const said = text.trim() === '' ? displayToken(text) : text.trim();
  const seen = logprob === null ? '' : `, rank ${rank}, ${bits(-logprob)}`;
  return `${said}, token ${index}${seen}`;
}

function indexOf(event: Event): number | null {
  const item = (event.target as Element).closest<HTMLElement>('.item');
  return item ? Number(item.dataset.index) : null;
}
