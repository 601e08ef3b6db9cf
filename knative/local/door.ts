import { createServer } from 'node:net';
import { startAppProcess, type AppProcess } from './app-process.ts';
import type { AppMessage } from './door-messages.ts';
import { HeldConnections } from './held-connections.ts';
import { Timer } from './timer.ts';

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

/** Stays awake, accepts connections, and has the app started while somebody connects or a schedule is due. */
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

/** What the app is doing, as the door knows it. */
type DoorState =
  /** There is no app, and after failures none is started before `notBeforeMs`. */
  | { name: 'down'; notBeforeMs: number }
  | { name: 'starting'; app: AppProcess; failure?: AppFailure }
  /** `sent`: how many connections and changes it was told of. */
  | { name: 'ready'; app: AppProcess; sinceMs: number; sent: number }
  /** It had nothing to do and was told to end; `isDue` once it is time to start the next one. */
  | { name: 'falling-asleep'; app: AppProcess; isDue: boolean }
  | { name: 'closing'; app: AppProcess | undefined; closed: PromiseWithResolvers<void> };

type AppFailure = Extract<AppMessage, { type: 'failed' }>;
type IdleReport = Extract<AppMessage, { type: 'idle' }>;

/** After so many starts in a row that failed, connections are refused at once; after twice as many nobody tries by himself. */
const failuresMax = 3;
/** An app that was ready for so long did not die of its start. */
const healthyMs = 30_000;

/** Listens and starts the app at once, since the last one may have left work behind. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const keeper = new DoorKeeper(options);
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    keeper.connections.hold(socket);
    keeper.serve();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => resolve());
  });
  keeper.start();
  const address = server.address();
  const close = () => {
    server.close();
    return keeper.close();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    get appPid() {
      return keeper.appPid;
    },
    tellChanged: (folders) => keeper.tellChanged(folders),
    watch: (isComplete) => keeper.watch(isComplete),
    close,
    [Symbol.asyncDispose]: close,
  };
}

class DoorKeeper {
  readonly #options: DoorOptions;
  readonly #holdMs: number;
  readonly #graceMs: number;
  readonly connections: HeldConnections;
  readonly #wakeTimer = new Timer(() => this.start());
  #state: DoorState = { name: 'down', notBeforeMs: 0 };
  #hasBeenReady = false;
  /** Ends in a row that were no sleep, and what the last one is answered with. */
  #failures = 0;
  #reason = 'Darkroom is not ready';
  /** Folders that no app was told of. */
  readonly #changed = new Set<string>();
  /** The library: whether every change in it is told, and when the sleeping app would scan it. */
  #library: { isWatched: boolean; scanAtMs: number | null } = { isWatched: false, scanAtMs: null };

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#holdMs = options.holdMs ?? 60_000;
    this.#graceMs = options.graceMs ?? 30_000;
    this.connections = new HeldConnections(this.#holdMs, () => this.#reason);
  }

  get appPid(): number | undefined {
    return this.#state.name === 'down' ? undefined : this.#state.app?.pid;
  }

  tellChanged(folders: readonly string[]): void {
    for (const it of folders) this.#changed.add(it);
    this.serve();
  }

  watch(isComplete: boolean): void {
    this.#library.isWatched = isComplete;
    const { scanAtMs } = this.#library;
    if (!isComplete && this.#state.name === 'down' && scanAtMs !== null) this.#wakeTimer.set(scanAtMs);
  }

  start(): void {
    this.#wakeTimer.clear();
    if (this.#state.name === 'falling-asleep') this.#state.isDue = true;
    if (this.#state.name !== 'down') return;
    const { app, env, execArgv } = this.#options;
    const started = startAppProcess({
      app,
      ...(env && { env }),
      ...(execArgv && { execArgv }),
      onMessage: (message, from) => this.#hear(message, from),
      onEnd: (how, from) => this.#bury(how, from),
    });
    this.#state = { name: 'starting', app: started };
  }

  /** Gives the app what waits for it, and starts one if there is none. */
  serve(): void {
    if (this.connections.waiting === 0 && this.#changed.size === 0) return;
    if (this.#state.name === 'ready') this.#tell(this.#state);
    else if (this.#state.name === 'down') this.#startInTime(this.#state.notBeforeMs);
  }

  #tell(ready: Extract<DoorState, { name: 'ready' }>): void {
    this.connections.handOver((id, socket) => {
      ready.sent += 1;
      ready.app.send({ type: 'connection', id }, socket);
    });
    if (this.#changed.size === 0) return;
    ready.sent += 1;
    ready.app.send({ type: 'changed', folders: [...this.#changed] });
    this.#changed.clear();
  }

  #startInTime(notBeforeMs: number): void {
    const delayMs = notBeforeMs - Date.now();
    if (delayMs <= 0) this.start();
    else if (delayMs > this.#holdMs / 10) this.connections.refuseAll();
    else this.#wakeTimer.set(notBeforeMs);
  }

  #hear(message: AppMessage, from: AppProcess): void {
    const state = this.#state;
    if (message.type === 'taken') return this.connections.release(message.id);
    if (!('app' in state) || state.app !== from) return;
    if (message.type === 'failed' && state.name === 'starting') state.failure = message;
    if (message.type === 'ready' && state.name === 'starting') {
      this.#state = { name: 'ready', app: from, sinceMs: Date.now(), sent: 0 };
      this.#hasBeenReady = true;
      this.#emit({ type: 'ready' });
      this.serve();
    }
    if (message.type === 'idle' && state.name === 'ready' && message.received === state.sent)
      this.#letSleep(from, message);
  }

  #letSleep(app: AppProcess, { wakeAtMs, scanAtMs }: IdleReport): void {
    if (this.connections.waiting > 0 || this.#changed.size > 0) return;
    this.#state = { name: 'falling-asleep', app, isDue: false };
    app.send({ type: 'sleep' });
    // One that waits for a disk that is away may never end.
    setTimeout(() => this.appPid === app.pid && app.kill(), this.#graceMs).unref();
    this.#library.scanAtMs = scanAtMs;
    const times = [wakeAtMs, this.#library.isWatched ? null : scanAtMs].filter((it) => it !== null);
    if (times.length > 0) this.#wakeTimer.set(Math.min(...times));
  }

  #bury(how: string, dead: AppProcess): void {
    const ended = this.#state;
    if (!('app' in ended) || ended.app !== dead) return;
    dead.kill();
    this.connections.takeBack();
    if (ended.name === 'closing') return ended.closed.resolve();
    if (ended.name === 'falling-asleep') {
      this.#failures = 0;
      this.#state = { name: 'down', notBeforeMs: 0 };
      this.#emit({ type: 'asleep' });
      return ended.isDue ? this.start() : this.serve();
    }
    const wasHealthy = ended.name === 'ready' && Date.now() - ended.sinceMs > healthyMs;
    this.#failures = wasHealthy ? 1 : this.#failures + 1;
    const notBeforeMs = Date.now() + backoffMs(this.#failures);
    this.#state = { name: 'down', notBeforeMs };
    if (ended.name === 'starting') return this.#afterFailedStart(how, notBeforeMs, ended.failure);
    this.#reason = `Darkroom ended (${how}) and is being started again`;
    this.#emit({ type: 'died', how });
    this.#wakeTimer.set(notBeforeMs);
  }

  #afterFailedStart(how: string, notBeforeMs: number, failure: AppFailure | undefined): void {
    const unexpected = { code: 'internal', message: `Darkroom ended while starting (${how})`, retry: true };
    const { code, message, retry } = failure ?? unexpected;
    this.#reason = message;
    if (failure !== undefined || this.#failures > failuresMax) this.connections.refuseAll();
    this.#emit({ type: 'failed', code, message, isFirst: !this.#hasBeenReady });
    if (retry && this.#failures <= 2 * failuresMax) this.#wakeTimer.set(notBeforeMs);
    else this.serve();
  }

  async close(): Promise<void> {
    if (this.#state.name === 'closing') {
      this.#state.app?.kill();
      return await this.#state.closed.promise;
    }
    const app = this.#state.name === 'down' ? undefined : this.#state.app;
    const closed = Promise.withResolvers<void>();
    this.#state = { name: 'closing', app, closed };
    this.#wakeTimer.clear();
    if (app === undefined) closed.resolve();
    else app.end();
    const kill = setTimeout(() => app?.kill(), this.#graceMs);
    await closed.promise;
    clearTimeout(kill);
    this.connections.refuseAll('Darkroom is shutting down');
  }

  #emit(event: DoorEvent): void {
    this.#options.onEvent?.(event);
  }
}

/** None after the first failure, then doubling from a quarter of a second to half a minute. */
function backoffMs(failures: number): number {
  return failures <= 1 ? 0 : Math.min(250 * 2 ** (failures - 2), 30_000);
}
