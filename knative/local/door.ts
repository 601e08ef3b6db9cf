import { fork, type ChildProcess } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import type { AppMessage, DoorMessage } from './door-messages.ts';
import { answerUnavailable, type HeldConnection } from './held-connection.ts';

export interface DoorOptions {
  host: string;
  /** 0 for a free one. */
  port: number;
  /** Module of the app. */
  app: string;
  env?: NodeJS.ProcessEnv;
  execArgv?: string[];
  /** From asking the app to end to killing it. */
  graceMs?: number;
  /** How long a connection waits for an app before it is answered 503. */
  holdMs?: number;
  onEvent?: (event: DoorEvent) => void;
}

export type DoorEvent =
  | { type: 'ready' | 'asleep' }
  | { type: 'died'; how: string }
  | { type: 'failed'; code: string; message: string; isFirst: boolean };

/** Stays awake, accepts, and has the app started while somebody knocks or a schedule is due. */
export interface Door extends AsyncDisposable {
  readonly port: number;
  /** Process id of the app; undefined while it sleeps. */
  readonly appPid: number | undefined;
  /** Tells the app that something has changed in these folders of the library, and wakes it for that. */
  tellChanged(folders: readonly string[]): void;
  /** Says whether every change in the library is told; where it is not, the app wakes to scan by the clock. */
  watch(isComplete: boolean): void;
  /** Ends the app, which finishes what is under way, and closes. Called again, kills it. */
  close(): Promise<void>;
}

interface App {
  child: ChildProcess;
  state: 'starting' | 'ready' | 'sleeping';
  readyAtMs: number;
  /** Connections and changes that it was told of. */
  sent: number;
  failure?: Extract<AppMessage, { type: 'failed' }>;
}

const maxTries = 3;
const healthyMs = 30_000;
const longestTimerMs = 2_147_483_647;

/** Listens and starts the app at once, since the last one may have left work behind. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { holdMs = 60_000, graceMs = 30_000, onEvent = () => {} } = options;
  let app: App | undefined;
  let hasBeenReady = false;
  let closing: PromiseWithResolvers<void> | undefined;
  let failures = 0;
  let lastReason = 'Darkroom is not ready';
  let notBeforeMs = 0;
  let wakeTimer: NodeJS.Timeout | undefined;
  let nextId = 0;
  /** Nobody has them. */
  const waiting = new Map<number, HeldConnection>();
  /** The app was given them and has not said that it read from them. */
  const handed = new Map<number, HeldConnection>();
  /** Folders that no app was told of. */
  const changed = new Set<string>();
  let isWatched = false;
  /** When the sleeping app would scan the library. */
  let scanAtMs: number | null = null;

  const knock = (socket: Socket) => {
    socket.on('error', () => {});
    const held = { id: nextId++, socket, tries: 0 };
    waiting.set(held.id, held);
    setTimeout(() => giveUp(held), holdMs).unref();
    pump();
  };

  const giveUp = (held: HeldConnection) => {
    if (waiting.delete(held.id)) answerUnavailable(held, lastReason);
  };

  const pump = () => {
    if ((waiting.size === 0 && changed.size === 0) || closing !== undefined) return;
    if (app?.state === 'ready') {
      for (const held of waiting.values()) handOver(app, held);
      if (changed.size > 0) {
        app.sent += 1;
        send(app, { type: 'changed', folders: [...changed] });
        changed.clear();
      }
    } else if (app === undefined) startInTime();
  };

  const handOver = (to: App, held: HeldConnection) => {
    waiting.delete(held.id);
    handed.set(held.id, held);
    to.sent += 1;
    // The door's own copy stays open until the app has read from its one: an app that dies before leaves it whole.
    send(to, { type: 'connection', id: held.id }, held.socket);
  };

  const startInTime = () => {
    const delayMs = notBeforeMs - Date.now();
    if (delayMs <= 0) start();
    else if (delayMs > holdMs / 10) for (const held of waiting.values()) giveUp(held);
    else wakeAt(notBeforeMs);
  };

  const wakeAt = (atMs: number) => {
    clearTimeout(wakeTimer);
    const delayMs = Math.max(0, atMs - Date.now());
    wakeTimer = setTimeout(
      () => (delayMs > longestTimerMs ? wakeAt(atMs) : start()),
      Math.min(delayMs, longestTimerMs),
    );
  };

  const start = () => {
    clearTimeout(wakeTimer);
    if (app !== undefined || closing !== undefined) return;
    const child = fork(options.app, {
      env: options.env ?? process.env,
      execArgv: options.execArgv ?? [],
      // A process group of its own: Ctrl-C reaches the door alone, and what the app started can be ended with it.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const started: App = { child, state: 'starting', readyAtMs: 0, sent: 0 };
    app = started;
    child.on('error', () => {});
    child.on('message', (message) => hear(started, message as AppMessage));
    let how: string | undefined;
    const buryWhenSilent = () => how !== undefined && !child.connected && bury(started, how);
    child.once('exit', (code, signal) => {
      how = signal ?? `exit code ${code}`;
      buryWhenSilent();
    });
    // What it said before it died is heard first.
    child.once('disconnect', buryWhenSilent);
  };

  const hear = (from: App, message: AppMessage) => {
    if (message.type === 'taken') {
      handed.get(message.id)?.socket.destroy();
      handed.delete(message.id);
    } else if (message.type === 'failed') {
      from.failure = message;
    } else if (message.type === 'ready') {
      from.state = 'ready';
      from.readyAtMs = Date.now();
      hasBeenReady = true;
      onEvent({ type: 'ready' });
      pump();
    } else if (from.state === 'ready' && message.received === from.sent && waiting.size === 0 && changed.size === 0) {
      from.state = 'sleeping';
      send(from, { type: 'sleep' });
      // One that waits for a disk that is away may never end.
      setTimeout(() => app === from && killGroup(from.child), graceMs).unref();
      scanAtMs = message.scanAtMs;
      const times = [message.wakeAtMs, isWatched ? null : scanAtMs].filter((it) => it !== null);
      if (times.length > 0) wakeAt(Math.min(...times));
    }
  };

  const bury = (dead: App, how: string) => {
    if (app !== dead) return;
    app = undefined;
    killGroup(dead.child);
    takeBack();
    if (closing !== undefined) return closing.resolve();
    if (dead.state === 'sleeping') {
      failures = 0;
      onEvent({ type: 'asleep' });
      return pump();
    }
    const wasHealthy = dead.state === 'ready' && Date.now() - dead.readyAtMs > healthyMs;
    failures = wasHealthy ? 1 : failures + 1;
    notBeforeMs = Date.now() + backoffMs(failures);
    if (dead.state === 'starting') return refuse(dead, how);
    lastReason = `Darkroom ended (${how}) and is being started again`;
    onEvent({ type: 'died', how });
    wakeAt(notBeforeMs);
  };

  const refuse = ({ failure }: App, how: string) => {
    const { code, message, retry } = failure ?? {
      code: 'internal',
      message: `Darkroom ended while starting (${how})`,
      retry: true,
    };
    lastReason = message;
    if (failure !== undefined || failures > maxTries) for (const held of waiting.values()) giveUp(held);
    onEvent({ type: 'failed', code, message, isFirst: !hasBeenReady });
    if (retry && failures <= 2 * maxTries) wakeAt(notBeforeMs);
    else pump();
  };

  /** What the dead app has not read from is whole, and goes to the next one; unless it seems to be what apps die of. */
  const takeBack = () => {
    for (const held of handed.values()) {
      handed.delete(held.id);
      held.tries += 1;
      waiting.set(held.id, held);
      if (held.tries >= maxTries) giveUp(held);
    }
  };

  const server = createServer({ pauseOnConnect: true, noDelay: true }, knock);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => resolve());
  });
  start();

  const close = async () => {
    if (closing !== undefined) {
      if (app !== undefined) killGroup(app.child);
      return await closing.promise;
    }
    closing = Promise.withResolvers();
    clearTimeout(wakeTimer);
    server.close();
    if (app === undefined) closing.resolve();
    else app.child.kill('SIGTERM');
    const kill = setTimeout(() => app !== undefined && killGroup(app.child), graceMs);
    await closing.promise;
    clearTimeout(kill);
    for (const held of waiting.values()) {
      waiting.delete(held.id);
      answerUnavailable(held, 'Darkroom is shutting down');
    }
  };

  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    get appPid() {
      return app?.child.pid;
    },
    tellChanged(folders) {
      for (const it of folders) changed.add(it);
      pump();
    },
    watch(isComplete) {
      isWatched = isComplete;
      if (!isWatched && app === undefined && scanAtMs !== null) wakeAt(scanAtMs);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function send({ child }: App, message: DoorMessage, socket?: Socket): void {
  // A message that cannot be sent has gone to an app that is about to be buried.
  child.send(message, socket, { keepOpen: true }, () => {});
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Everything in it has ended already.
  }
}

function backoffMs(failures: number): number {
  return failures <= 1 ? 0 : Math.min(250 * 2 ** (failures - 2), 30_000);
}
