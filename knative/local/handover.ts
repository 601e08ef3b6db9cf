import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Activity } from './activity.ts';
import type { AppMessage, DoorMessage } from './door-messages.ts';

export interface Handover {
  /** Tells the door that `server` accepts connections. */
  serve(server: Server): void;
  /** Asks the door for permission to end. */
  offerSleep(wakeAtMs: number | undefined, scanAtMs?: number): void;
  /** Tells the door why this app cannot start; resolves when the message was sent. */
  fail(failure: Omit<Extract<AppMessage, { type: 'failed' }>, 'type'>): Promise<void>;
  /** Closes the connections on which nothing was received. */
  closeSilent(): void;
}

export interface HandoverOptions {
  activity: Pick<Activity, 'touch'>;
  /** The door has permitted to sleep, or has died. */
  onEnd: (why: 'sleep' | 'orphaned') => void;
  /** Files have changed in these folders of the library. */
  onChanged?: (folders: string[]) => void;
}

/**
 * Serves the connections that the door accepted. The app reports the first byte of each to the door before it processes
 * it; until then the door can hand the connection to another app, if this one dies.
 */
export function takeHandover({ activity, onEnd, onChanged = () => {} }: HandoverOptions): Handover {
  let server: Server | undefined;
  let received = 0;
  const silent = new Map<number, Socket>();

  const take = (id: number, socket: Socket | undefined) => {
    received += 1;
    activity.touch();
    if (socket === undefined) return tell({ type: 'taken', id });
    silent.set(id, socket);
    // As for http sockets: a client that has ended its side still waits for the response.
    socket.allowHalfOpen = true;
    const taken = () => {
      if (silent.delete(id)) tell({ type: 'taken', id });
    };
    const fail = () => socket.destroy();
    socket.once('close', taken);
    socket.once('error', fail);
    socket.once('end', fail);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      taken();
      socket.off('close', taken);
      socket.off('error', fail);
      socket.off('end', fail);
      socket.unshift(first);
      server?.emit('connection', socket);
      socket.resume();
    });
  };

  process.on('message', (message: DoorMessage, socket?: Socket) => {
    if (message.type === 'connection') take(message.id, socket);
    else if (message.type === 'changed') {
      received += 1;
      activity.touch();
      onChanged(message.folders);
    } else onEnd('sleep');
  });
  process.once('disconnect', () => onEnd('orphaned'));

  return {
    serve(it) {
      server = it;
      tell({ type: 'ready' });
    },
    offerSleep: (wakeAtMs, scanAtMs) =>
      tell({ type: 'idle', received, wakeAtMs: wakeAtMs ?? null, scanAtMs: scanAtMs ?? null }),
    fail: (failure) => new Promise((resolve) => tell({ type: 'failed', ...failure }, resolve)),
    closeSilent() {
      for (const socket of silent.values()) socket.destroy();
    },
  };
}

function tell(message: AppMessage, done: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => done());
  else done();
}
