import type { Db } from './db.ts';
import { checkSchema } from './migrate.ts';

/**
 * Looks at the schema's version when it is first asked, and again until it fits; then never again.
 * @throws db/schema-older, db/schema-newer, or what the database says when it is away
 */
export function createSchemaCheck(db: Db): () => Promise<void> {
  let checked: Promise<void> | undefined;
  return async () => {
    checked ??= checkSchema(db);
    try {
      await checked;
    } catch (error) {
      checked = undefined;
      throw error;
    }
  };
}
