/** The longest delay of setTimeout; it treats a longer one as 1 ms. */
const timeoutMaxMs = 2_147_483_647;

/** A timeout at any time in the future; setting it again replaces it. */
export class Timer {
  readonly #ring: () => void;
  #timeout: NodeJS.Timeout | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Fires at `atMs`, milliseconds since 1970; at once if that is past. */
  set(atMs: number): void {
    this.clear();
    const delayMs = Math.max(0, atMs - Date.now());
    const isLater = delayMs > timeoutMaxMs;
    this.#timeout = setTimeout(() => (isLater ? this.set(atMs) : this.#ring()), isLater ? timeoutMaxMs : delayMs);
  }

  clear(): void {
    clearTimeout(this.#timeout);
  }
}
