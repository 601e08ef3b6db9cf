import { readdir, readFile } from 'node:fs/promises';

/** The running child processes of this one. Linux only. */
export async function listChildren(): Promise<number[]> {
  const threads = await readdir('/proc/self/task');
  const lists = threads.map((thread) => readFile(`/proc/self/task/${thread}/children`, 'latin1').catch(() => ''));
  return (await Promise.all(lists)).flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** Samples the resident memory of processes that start during `work`; returns the maximum in MiB. */
export async function watchChildren<T>(
  work: () => Promise<T>,
): Promise<{ result: PromiseSettledResult<T>; peakMebibytes: number }> {
  const before = new Set(await listChildren());
  let peakMebibytes = 0;
  const look = async () => {
    for (const pid of (await listChildren()).filter((it) => !before.has(it))) {
      const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
      peakMebibytes = Math.max(peakMebibytes, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
    }
  };
  const timer = setInterval(() => void look(), 5);
  const [result] = await Promise.allSettled([work()]);
  clearInterval(timer);
  return { result, peakMebibytes };
}

/** Waits until a process has installed signal handlers. */
export async function waitForHandlers(pid: number): Promise<void> {
  for (;;) {
    const status = await readFile(`/proc/${pid}/status`, 'latin1');
    // The first bit is SIGHUP, which Node itself does not handle.
    if ((Number.parseInt(/SigCgt:\s+\w+(\w)/.exec(status)?.[1] ?? '0', 16) & 1) === 1) return;
  }
}

export async function readResidentMebibytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}
