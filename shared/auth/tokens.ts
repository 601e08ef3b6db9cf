import { createHash, randomBytes } from 'node:crypto';

/** A secret that is shown once, and its hash, which is stored. */
export interface Token {
  secret: string;
  hash: Buffer;
}

/**
 * Creates a secret of almost 256 random bits, for a session or an API key. It never begins with `-`, so that a command
 * line does not read it as an option.
 */
export function createToken(): Token {
  const secret = randomBytes(32).toString('base64url');
  return secret.startsWith('-') ? createToken() : { secret, hash: hashToken(secret) };
}

/** SHA-256, as in Immich; a slow hash is not needed for random secrets. */
export function hashToken(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
