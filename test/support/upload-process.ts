// An API as a separate process for tests that kill it. Messages of its parent set its last statement, or start a sweep.
import { connectPGlite } from '#shared/db/connect-pglite.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import { sweep } from '#functions/sweep/sweep.ts';
import { openApiApp } from './api-app.ts';
import { armFault, type Fault } from './statement-faults.ts';

export interface UploadProcessOptions {
  /** A folder of the embedded database, or the URL of a PostgreSQL. */
  database: { folder: string } | { url: string };
  storeFolder: string;
  addsUser: boolean;
}

const { database, storeFolder, addsUser } = JSON.parse(process.argv[2] ?? '') as UploadProcessOptions;
const { db } = 'url' in database ? connectPostgres(database) : await connectPGlite(database.folder);
const api = await openApiApp({ db, env: { DARKROOM_STORE_PATH: storeFolder } });
const sweepAlone = () => sweep({ ...api.ports, holder: String(process.pid) }, { isOnlyProcess: true });
await sweepAlone();
const headers = addsUser ? (await api.newUser()).headers : {};
process.on('message', (message: Fault | 'sweep') => {
  if (message === 'sweep') void sweepAlone().then(() => process.send?.('swept'));
  else {
    armFault(message);
    process.send?.('armed');
  }
});
process.send?.({ url: await api.listen(), headers });
