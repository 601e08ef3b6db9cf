import { fork } from 'node:child_process';
import type { Socket } from 'node:net';
import type { AppMessage, DoorMessage } from './door-messages.ts';

export interface AppProcessOptions {
  /** Path of the app's module. */
  app: string;
  env?: NodeJS.ProcessEnv;
  execArgv?: string[];
  onMessage: (message: AppMessage, from: AppProcess) => void;
  /** The process has ended and all of its messages were received; `how` is its signal or exit code. */
  onEnd: (how: string, process: AppProcess) => void;
}

/** The door's handle of the app's process. */
export interface AppProcess {
  readonly pid: number | undefined;
  send(message: DoorMessage, socket?: Socket): void;
  /** Asks the process to finish what is under way. */
  end(): void;
  /** Kills the process and its children. */
  kill(): void;
}

export function startAppProcess({ app, env, execArgv, onMessage, onEnd }: AppProcessOptions): AppProcess {
  const child = fork(app, {
    env: env ?? process.env,
    execArgv: execArgv ?? [],
    // A separate process group: Ctrl-C reaches only the door, and the app's children can be ended with it.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const started: AppProcess = {
    pid: child.pid,
    send(message, socket) {
      // A message cannot be sent when the process is about to end.
      child.send(message, socket, { keepOpen: true }, () => {});
    },
    end: () => void child.kill('SIGTERM'),
    kill: () => killGroup(child.pid),
  };
  child.on('error', () => {});
  child.on('message', (message) => onMessage(message as AppMessage, started));
  let how: string | undefined;
  const endWhenSilent = () => {
    if (how !== undefined && !child.connected) onEnd(how, started);
  };
  child.once('exit', (code, signal) => {
    how = signal ?? `exit code ${code}`;
    endWhenSilent();
  });
  // Messages that were sent before the end are received first.
  child.once('disconnect', endWhenSilent);
  return started;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All processes of the group have ended already.
  }
}
