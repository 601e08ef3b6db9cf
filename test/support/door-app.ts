// A small app behind the door: an HTTP server that answers with its process id. Its environment controls its behaviour.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createActivity } from '#knative/local/activity.ts';
import { takeHandover } from '#knative/local/handover.ts';
import { createBootServer } from '#shared/serve/boot-server.ts';

const idleMs = Number(process.env['APP_IDLE_MS'] ?? 60_000);
const startMs = Number(process.env['APP_START_MS'] ?? 0);

const handle = (request: IncomingMessage, response: ServerResponse) => {
  void (async () => {
    const body = await text(request);
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/die') process.kill(process.pid, 'SIGKILL');
    await sleep(Number(url.searchParams.get('ms') ?? 0));
    response.end(JSON.stringify({ pid: process.pid, length: body.length, changed }));
  })();
};
const boot = createBootServer(handle, { begin: () => activity.begin() });
boot.server.on('upgrade', (_request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
  socket.pipe(socket);
});

const end = async () => {
  activity.end();
  handover.closeSilent();
  await boot.drain(5000);
  await sleep(Number(process.env['APP_END_MS'] ?? 0));
  process.exit(0);
};
const changed: string[] = [];
const activity = createActivity(idleMs, () =>
  handover.offerSleep(dueIn('APP_WAKE_AFTER_MS'), dueIn('APP_SCAN_AFTER_MS')),
);
const handover = takeHandover({
  activity,
  onEnd: () => void end(),
  onChanged: (folders) => void changed.push(...folders),
});
process.once('SIGTERM', () => void end());

function dueIn(name: string): number | undefined {
  const after = process.env[name];
  return after === undefined ? undefined : Date.now() + Number(after);
}

await sleep(startMs);
if (process.env['APP_DIES_AT_START'] === '1') process.kill(process.pid, 'SIGKILL');
if (process.env['APP_FAILS'] === '1') {
  await handover.fail({ code: 'db/schema-newer', message: 'The database has a newer schema', retry: false });
  process.exit(1);
}
await boot.listen({ port: 0, host: '127.0.0.1' });
handover.serve(boot.server);
