import type { Db } from './db.ts';
import { checkSchema } from './migrate.ts';

/**
 * Checks the schema's version at the first call and at each further call until it fits; then never again.
 * @throws db/schema-older, db/schema-newer, db/unavailable
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
