import { fork } from 'node:child_process';
import type { Socket } from 'node:net';
import type { AppMessage, DoorMessage } from './door-messages.ts';

export interface AppProcessOptions {
  /** Module of the app. */
  app: string;
  env?: NodeJS.ProcessEnv;
  execArgv?: string[];
  onMessage: (message: AppMessage, from: AppProcess) => void;
  /** The process has ended and all that it said was heard; `how` is its signal or exit code. */
  onEnd: (how: string, process: AppProcess) => void;
}

/** The process of the app, as the door sees it. */
export interface AppProcess {
  readonly pid: number | undefined;
  send(message: DoorMessage, socket?: Socket): void;
  /** Asks it to finish what is under way. */
  end(): void;
  /** Kills it and all that it started. */
  kill(): void;
}

export function startAppProcess({ app, env, execArgv, onMessage, onEnd }: AppProcessOptions): AppProcess {
  const child = fork(app, {
    env: env ?? process.env,
    execArgv: execArgv ?? [],
    // A process group of its own: Ctrl-C reaches the door alone, and what the app started can be ended with it.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const started: AppProcess = {
    pid: child.pid,
    send(message, socket) {
      // A message that cannot be sent has gone to a process that is about to end.
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
  // What it said before it died is heard first.
  child.once('disconnect', endWhenSilent);
  return started;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Everything in it has ended already.
  }
}
