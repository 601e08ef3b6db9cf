import { readFile } from 'node:fs/promises';
import { getPriority, setPriority } from 'node:os';
import { ExifTool } from 'exiftool-vendored';
import { DarkroomError } from '#shared/errors/errors.ts';

type Reading<T> = (tool: ExifTool) => Promise<T>;

interface LaneLimits {
  timeMs: number;
  memoryBytesMax: number;
}

export interface ExiftoolLimits {
  /** After this time a file is moved to the slow lane, so that it does not delay others. */
  quickMs: number;
  /** After this time in the slow lane the file fails. */
  slowMs: number;
  /** Limit of one exiftool process; above it the file that is being read fails. */
  memoryBytesMax: number;
}

const usualLimits: ExiftoolLimits = { quickMs: 1_000, slowMs: 10_000, memoryBytesMax: 192 * 2 ** 20 };
const lookEveryMs = 50;

class TooSlowError extends Error {}

/** One exiftool process, which is killed and restarted if a file exceeds a limit. */
class Lane {
  private tool: ExifTool | undefined;
  private readonly niceness: number;

  constructor(niceness: number) {
    this.niceness = niceness;
  }

  async end(): Promise<void> {
    const ending = this.tool;
    this.tool = undefined;
    await ending?.end();
  }

  /**
   * Call it for one file at a time.
   * @throws TooSlowError, media/too-large, media/undecodable, exiftool's error about the file
   */
  async run<T>(reading: Reading<T>, { timeMs, memoryBytesMax }: LaneLimits): Promise<T> {
    const tool = (this.tool ??= startExiftool());
    // Starts exiftool if it is not running (it ends after a minute of rest): the time limit counts for the file only.
    if (tool.pids.length === 0) await tool.version();
    const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
    const timer = setTimeout(() => stop(new TooSlowError()), timeMs);
    let pid = 0;
    const look = () => {
      pid = this.follow(tool, pid);
      void readResidentBytes(pid).then((bytes) => {
        if (bytes > memoryBytesMax) stop(needsMemory(memoryBytesMax));
      });
    };
    const watch = setInterval(look, lookEveryMs);
    try {
      const read = reading(tool);
      look();
      return await Promise.race([read, stopped]);
    } catch (error) {
      if (error instanceof TooSlowError || error instanceof DarkroomError) this.kill(tool);
      else if (this.tool === tool && isEndOfProcess(error))
        throw new DarkroomError('media/undecodable', 'exiftool ended while it read the file', { cause: error });
      throw error;
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
    }
  }

  /**
   * The process id of the running exiftool; it differs from `known` if exiftool was replaced after hundreds of files,
   * some minutes or a rest.
   */
  private follow(tool: ExifTool, known: number): number {
    const [pid = 0] = tool.pids;
    if (pid !== known && isRunning(pid)) setPriority(pid, Math.max(getPriority(), this.niceness));
    return pid;
  }

  private kill(tool: ExifTool): void {
    if (this.tool === tool) this.tool = undefined;
    for (const pid of tool.pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    tool.end(false).catch(() => {});
  }
}

/** A pool of lanes: a slow file delays no other file while a lane is free. */
class Lanes {
  private readonly lanes: readonly Lane[];
  /** A stack, last used on top: files read one after the other need only one exiftool. */
  private readonly free: Lane[];
  private readonly waiting: ((lane: Lane) => void)[] = [];

  /** `niceness` from 0 to 19, as of nice(1). */
  constructor(count: number, niceness: number) {
    this.lanes = Array.from({ length: count }, () => new Lane(niceness));
    this.free = [...this.lanes];
  }

  async run<T>(reading: Reading<T>, limits: LaneLimits): Promise<T> {
    const lane = this.free.pop() ?? (await new Promise<Lane>((resolve) => this.waiting.push(resolve)));
    try {
      return await lane.run(reading, limits);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free.push(lane);
      else next(lane);
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.end()));
  }
}

const quickLanes = new Lanes(2, 0);
const slowLane = new Lanes(1, 15);

/**
 * Reads a file with one of two exiftool processes that are kept running for a minute, or, if it takes too long, with a
 * third one that has a longer time limit. A file that exceeds a limit fails alone.
 * @throws media/timeout, media/too-large, media/undecodable, exiftool's error about the file
 */
export async function runInLanes<T>(reading: Reading<T>, limits: ExiftoolLimits = usualLimits): Promise<T> {
  const { quickMs, slowMs, memoryBytesMax } = limits;
  try {
    return await quickLanes.run(reading, { timeMs: quickMs, memoryBytesMax });
  } catch (error) {
    if (!(error instanceof TooSlowError)) throw error;
  }
  try {
    return await slowLane.run(reading, { timeMs: slowMs, memoryBytesMax });
  } catch (error) {
    if (!(error instanceof TooSlowError)) throw error;
    throw new DarkroomError('media/timeout', `Reading the metadata took longer than ${slowMs} ms`);
  }
}

/** Ends the exiftool processes; the next read starts a new one. */
export async function closeLanes(): Promise<void> {
  await Promise.all([quickLanes.end(), slowLane.end()]);
}

function startExiftool(): ExifTool {
  return new ExifTool({
    maxProcs: 1,
    maxIdleMsPerProcess: 60_000,
    healthCheckIntervalMillis: 0,
    taskTimeoutMillis: 60_000,
    taskRetries: 0,
  });
}

/** Recognizes batch-cluster's error for a task whose process ended. */
function isEndOfProcess(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Process terminated before task completed');
}

function isRunning(pid: number): boolean {
  try {
    return pid !== 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

const pageBytes = 4096;

/** Returns 0 on systems without /proc: there only the time limit applies. */
async function readResidentBytes(pid: number): Promise<number> {
  const pages = await readFile(`/proc/${pid}/statm`, 'latin1').catch(() => '');
  return Number(pages.split(' ')[1] ?? 0) * pageBytes;
}

function needsMemory(bytes: number): DarkroomError {
  return new DarkroomError('media/too-large', `Reading the metadata needs more than ${bytes / 2 ** 20} MiB of memory`);
}
