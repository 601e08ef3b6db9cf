import { createServer } from 'node:net';
import { startAppProcess, type AppProcess } from './app-process.ts';
import type { AppMessage } from './door-messages.ts';
import { HeldConnections } from './held-connections.ts';
import { Timer } from './timer.ts';

export interface DoorOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  /** Module of the app. */
  app: string;
  env?: NodeJS.ProcessEnv;
  execArgv?: string[];
  /** Time between asking the app to end and killing it. */
  graceMs?: number;
  /** How long a connection waits for an app before it gets a 503. */
  holdMs?: number;
  onEvent?: (event: DoorEvent) => void;
}

export type DoorEvent =
  | { type: 'ready' | 'asleep' }
  | { type: 'died'; how: string }
  | { type: 'failed'; code: string; message: string; isFirst: boolean };

/** Runs all the time, accepts connections, and starts the app when a client connects or a schedule is due. */
export interface Door extends AsyncDisposable {
  readonly port: number;
  /** Process id of the app; undefined while no app runs. */
  readonly appPid: number | undefined;
  /** Reports changed folders of the library to the app, which is started for that if necessary. */
  tellChanged(folders: readonly string[]): void;
  /** Sets whether every change in the library is reported; if not, the app is started by the clock to scan it. */
  watch(isComplete: boolean): void;
  /** Ends the app, which finishes its current work, and closes. A second call kills the app. */
  close(): Promise<void>;
}

/** The state of the app, as far as the door knows it. */
type DoorState =
  /** There is no app, and after failures none is started before `notBeforeMs`. */
  | { name: 'down'; notBeforeMs: number }
  | { name: 'starting'; app: AppProcess; failure?: AppFailure }
  /** `sent`: number of connections and changes that were sent to the app. */
  | { name: 'ready'; app: AppProcess; sinceMs: number; sent: number }
  /** The app had nothing to do and was asked to end; `isDue` if the next start is due already. */
  | { name: 'falling-asleep'; app: AppProcess; isDue: boolean }
  | { name: 'closing'; app: AppProcess | undefined; closed: PromiseWithResolvers<void> };

type AppFailure = Extract<AppMessage, { type: 'failed' }>;
type IdleReport = Extract<AppMessage, { type: 'idle' }>;

/**
 * After this many failed starts in a row the door refuses connections at once; after twice as many it starts the app
 * only for connections and changes.
 */
const failuresMax = 3;
/** If an app was ready for this long, its end is not a failed start. */
const healthyMs = 30_000;

/** Listens, and starts the app at once, since the last one may have left work unfinished. */
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
  /** Unexpected ends of the app in a row, and the message of the 503 after the last one. */
  #failures = 0;
  #reason = 'Darkroom is not ready';
  /** Changed folders that were not reported to an app yet. */
  readonly #changed = new Set<string>();
  /** The library: whether every change in it is reported, and when an app that is not running would scan it. */
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

  /** Sends the app what waits for it, and starts an app if there is none. */
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
    // An app that waits for a disconnected disk may never end.
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

/** 0 after the first failure, then 250 ms, doubling with each failure up to 30 s. */
function backoffMs(failures: number): number {
  return failures <= 1 ? 0 : Math.min(250 * 2 ** (failures - 2), 30_000);
}
