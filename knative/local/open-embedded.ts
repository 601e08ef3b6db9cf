import { existsSync } from 'node:fs';
import { connectPGlite } from '#shared/db/connect-pglite.ts';
import type { OpenDb } from '#shared/db/db.ts';
import { ensurePGliteTemplate } from '#shared/db/pglite-template.ts';

/** The embedded database in `folder`; a new one is made from the prepared one, which is quicker than to make one. */
export async function openEmbedded(folder: string): Promise<OpenDb> {
  const templatePath = existsSync(folder) ? undefined : await ensurePGliteTemplate();
  return await connectPGlite({ folder, ...(templatePath === undefined ? {} : { templatePath }) });
}
