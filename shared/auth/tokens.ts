import { createHash, randomBytes } from 'node:crypto';

/** A secret that is shown once, and its hash, which is what is stored. */
export interface Token {
  secret: string;
  hash: Buffer;
}

/**
 * A new secret of almost 256 random bits, for a session or an API key. It never begins with `-`, which a command line
 * would take for an option.
 */
export function createToken(): Token {
  const secret = randomBytes(32).toString('base64url');
  return secret.startsWith('-') ? createToken() : { secret, hash: hashToken(secret) };
}

/** SHA-256: enough for secrets that nobody can guess, and the same that Immich stores. */
export function hashToken(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
