/** Thrown by the fast parser if its result might differ from exiftool's. */
export class DeclinedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'DeclinedError';
  }
}

export function decline(reason: string): never {
  throw new DeclinedError(reason);
}
