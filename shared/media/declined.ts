/** The fast parser is not sure that it reads what exiftool reads. */
export class DeclinedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'DeclinedError';
  }
}

export function decline(reason: string): never {
  throw new DeclinedError(reason);
}
