import { DarkroomError } from '#shared/errors/errors.ts';

/**
 * Waits for a folder's file system for some time and no longer: a network mount whose server is away answers nothing at
 * all, and each question holds a thread of the process. While one question to a folder is open beyond its time, others
 * to that folder are not even asked.
 */
export class FolderPatience {
  private readonly limitMs: number;
  private readonly silent = new Map<string, number>();

  constructor(limitMs: number) {
    this.limitMs = limitMs;
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
    }, this.limitMs);
    const asked = ask().finally(() => {
      clearTimeout(timer);
      if (isLate) this.forget(folder);
    });
    // Nobody may be there any more when it fails at last.
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
