// Creates what the first start needs: the template of the embedded database and the compile cache. An error does not fail
// the installation.
import { flushCompileCache } from 'node:module';
import { ensurePGliteTemplate } from '#shared/db/pglite-template.ts';

try {
  await ensurePGliteTemplate();
  await import(new URL('../knative/local/start.mjs', import.meta.url).href);
  await import('#knative/local/open-app.ts');
  flushCompileCache();
} catch (error) {
  console.warn(`The first start will take longer: ${String(error)}`);
}
process.exit(0);
