import { DarkroomError } from '#shared/errors/errors.ts';

/**
 * Limits how long a call to a folder's file system is awaited: a network mount whose server is down never answers, and
 * each call blocks a thread of the process. While a call to a folder is overdue, further calls to that folder fail
 * without being made.
 */
export class FolderTimeout {
  private readonly timeoutMs: number;
  private readonly silent = new Map<string, number>();

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  /** @throws store/unavailable, or what `ask` throws in time */
  async wait<Answer>(folder: string, ask: () => Promise<Answer>): Promise<Answer> {
    if (this.silent.has(folder)) throw unanswered(folder);
    const { promise: late, reject } = Promise.withResolvers<never>();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.silent.set(folder, (this.silent.get(folder) ?? 0) + 1);
      reject(unanswered(folder));
    }, this.timeoutMs);
    const asked = ask().finally(() => {
      clearTimeout(timer);
      if (isLate) this.forget(folder);
    });
    // A late failure must not become an unhandled rejection.
    asked.catch(() => {});
    return await Promise.race([asked, late]);
  }

  private forget(folder: string): void {
    const left = (this.silent.get(folder) ?? 1) - 1;
    if (left === 0) this.silent.delete(folder);
    else this.silent.set(folder, left);
  }
}

const unanswered = (folder: string) => new DarkroomError('store/unavailable', `The folder ${folder} does not answer`);
