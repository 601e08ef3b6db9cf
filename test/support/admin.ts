import type { AdminPorts } from '#functions/admin/command.ts';
import { announceAll } from '#functions/admin/announce.ts';
import { runCommand, type Ending } from '#functions/admin/run-command.ts';
import { openTestPlatform, type TestPlatform } from './pipeline.ts';

export interface TestAdmin extends AsyncDisposable {
  readonly platform: TestPlatform;
  /** Runs a command line with `input` as standard input. */
  run(line: string | readonly string[], input?: string): Promise<Ending>;
  /** The JSON output of a command line that must succeed. */
  json<T>(line: string | readonly string[], input?: string): Promise<T>;
}

/** `darkroom admin` with its own embedded database and folder. */
export async function openTestAdmin(env: Record<string, string> = {}): Promise<TestAdmin> {
  const platform = await openTestPlatform(env);
  const ports = (input: string): AdminPorts => ({
    config: platform.config,
    isOnlyProcess: true,
    openAnyDb: () => Promise.resolve(platform.db),
    openDb: () => Promise.resolve(platform.db),
    openPlatform: () => Promise.resolve(platform),
    announce: () => announceAll(platform),
    readInput: () => Promise.resolve(input),
  });
  const run: TestAdmin['run'] = (line, input = '') =>
    runCommand(typeof line === 'string' ? line.split(' ') : line, ports(input));
  return {
    platform,
    run,
    async json<T>(line: string | readonly string[], input?: string) {
      const { exitCode, out, err } = await run(
        [...(typeof line === 'string' ? line.split(' ') : line), '--json'],
        input,
      );
      if (exitCode !== 0) throw new Error(`admin ended with ${exitCode}: ${err}`);
      return JSON.parse(out) as T;
    },
    [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
  };
}
