import type { User } from '#shared/db/tables.ts';

/** Who calls, and by what: exactly one of `session` and `apiKey` is there. */
export interface Auth {
  readonly user: User;
  /** `hasElevatedPermission` while the PIN was given: only then are locked assets seen. */
  readonly session?: { readonly id: string; readonly hasElevatedPermission: boolean };
  readonly apiKey?: { readonly id: string; readonly permissions: readonly string[] };
}
