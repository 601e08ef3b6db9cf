import type { User } from '#shared/db/tables.ts';

/** The authenticated user and the credentials: exactly one of `session` and `apiKey` is set. */
export interface Auth {
  readonly user: User;
  /** `hasElevatedPermission` after the PIN code was entered: only then are locked assets visible. */
  readonly session?: { readonly id: string; readonly hasElevatedPermission: boolean };
  readonly apiKey?: { readonly id: string; readonly permissions: readonly string[] };
}
