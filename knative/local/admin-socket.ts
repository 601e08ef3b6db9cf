import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import type { Ending } from '#functions/admin/run-command.ts';

/** A command line for the app that holds the data folder, and its standard input. */
export interface AdminRequest {
  argv: readonly string[];
  input: string;
}

/** A file with the path of the app's socket, which may not fit into the data folder because socket paths are short. */
const pointerOf = (dataFolder: string) => join(dataFolder, 'admin-socket');

/**
 * Lets processes of this user run command lines in the app that holds the data folder: only this user can enter the
 * folder of the socket.
 */
export async function listenForAdmin(
  { dataFolder, socketFolder }: { dataFolder: string; socketFolder: string },
  run: (request: AdminRequest) => Promise<Ending>,
): Promise<AsyncDisposable> {
  const path = join(socketFolder, 'admin.sock');
  const running = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const answering = (async () => {
      const ending = await run((await json(request)) as AdminRequest);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(ending));
    })()
      .catch((error: unknown) => void response.destroy(error instanceof Error ? error : undefined))
      .finally(() => running.delete(answering));
    running.add(answering);
  });
  server.listen(path);
  await once(server, 'listening');
  await writeFile(pointerOf(dataFolder), path, { mode: 0o600 });
  return {
    async [Symbol.asyncDispose]() {
      await rm(pointerOf(dataFolder), { force: true });
      server.close();
      await Promise.all(running);
      server.closeAllConnections();
    },
  };
}

/** Runs a command line in the app that holds the data folder. undefined if no app listens. */
export async function askApp(dataFolder: string, asked: AdminRequest): Promise<Ending | undefined> {
  try {
    const socketPath = await readFile(pointerOf(dataFolder), 'utf8');
    const request = httpRequest({ socketPath, method: 'POST', path: '/' });
    request.end(JSON.stringify(asked));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return JSON.parse(await text(response)) as Ending;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined;
    throw error;
  }
}
