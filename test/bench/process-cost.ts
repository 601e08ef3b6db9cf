import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks of /proc are hundredths of a second on every Linux. */
const tickMs = 10;

/** CPU of these processes and all below them since they began, in milliseconds, ended children included. */
export async function readCpuMs(rootPids: readonly number[]): Promise<number> {
  const processes = await listProcesses();
  return treeOf(processes, rootPids).reduce((sum, pid) => sum + (processes.get(pid)?.cpuMs ?? 0), 0);
}

/** Memory of these processes and all below them: `pss` shares out what several have in common. */
export async function readMemoryMb(rootPids: readonly number[]): Promise<{ pssMb: number; rssMb: number }> {
  const pids = treeOf(await listProcesses(), rootPids);
  let pssKb = 0;
  let rssKb = 0;
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    pssKb += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    rssKb += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return { pssMb: pssKb / 1024, rssMb: rssKb / 1024 };
}

/** These processes and all below them. */
export async function listTree(rootPids: readonly number[]): Promise<number[]> {
  return treeOf(await listProcesses(), rootPids);
}

/** The most memory that a process has had resident since it began, or since `resetPeakMemory`. */
export async function readPeakMemoryMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
}

interface ProcessFacts {
  parent: number;
  cpuMs: number;
}

async function listProcesses(): Promise<Map<number, ProcessFacts>> {
  const processes = new Map<number, ProcessFacts>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    // The name in parentheses may hold spaces; after it come state, parent and so on.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + (fields[at] ?? 0), 0);
    if (stat !== '') processes.set(Number(entry), { parent: fields[1] ?? 0, cpuMs: ticks * tickMs });
  }
  return processes;
}

function treeOf(processes: ReadonlyMap<number, ProcessFacts>, rootPids: readonly number[]): number[] {
  const found = rootPids.filter((pid) => processes.has(pid));
  for (const pid of found) {
    for (const [child, { parent }] of processes) if (parent === pid && !found.includes(child)) found.push(child);
  }
  return found;
}
