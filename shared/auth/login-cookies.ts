export type AuthType = 'password' | 'oauth';

const maxAgeSeconds = 400 * 24 * 60 * 60;

/**
 * The `Set-Cookie` values of a login. The mobile app authenticates by these alone: without them a login seems to
 * succeed and all later requests fail. `isSecure`: the client uses https.
 * @see RFC 6265, section 4.1
 */
export function loginCookies(token: string, authType: AuthType, isSecure: boolean): string[] {
  const shared = `Path=/; Max-Age=${maxAgeSeconds}; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  return [
    `immich_access_token=${token}; ${shared}; HttpOnly`,
    `immich_auth_type=${authType}; ${shared}; HttpOnly`,
    `immich_is_authenticated=true; ${shared}`,
  ];
}

/** The `Set-Cookie` values that delete the cookies of a login. */
export function logoutCookies(): string[] {
  return ['immich_access_token', 'immich_auth_type', 'immich_is_authenticated'].map(
    (name) => `${name}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
  );
}

/** The value of one cookie of a `Cookie` header. */
export function findCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
