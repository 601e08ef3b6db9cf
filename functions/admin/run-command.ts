import { parseArgs } from 'node:util';
import { ZodError } from 'zod';
import { DarkroomError, toLine } from '#shared/errors/errors.ts';
import type { AdminCommand, AdminPorts } from './command.ts';
import { commands } from './commands.ts';

/** Output and exit code of a command line: 0 done, 1 failed, 2 usage error. */
export interface Ending {
  exitCode: 0 | 1 | 2;
  out: string;
  err: string;
}

/** Runs one command line of `darkroom admin`. Never throws. */
export async function runCommand(argv: readonly string[], ports: AdminPorts): Promise<Ending> {
  const row = commands.find(({ name }) => startsWith(argv, name.split(' ')));
  if (row === undefined) {
    if (argv.length === 0 || argv.some((it) => it === '--help' || it === '-h' || it === 'help'))
      return { exitCode: 0, out: `${describeAll()}\n`, err: '' };
    return notUnderstood(`Unknown command ${argv.join(' ')}`, describeAll());
  }
  const usage = `Usage: admin ${row.name} ${row.usage}`.trimEnd();
  const { command } = await row.load();
  let input: ReturnType<typeof parse>;
  try {
    input = parse(argv.slice(row.name.split(' ').length), command);
  } catch (error) {
    return notUnderstood(error instanceof Error ? error.message : String(error), usage);
  }
  if (input.options['help'] === true) return { exitCode: 0, out: `${usage}\n\n${row.summary}\n`, err: '' };
  try {
    const { text, json } = await command.run(ports, input);
    return { exitCode: 0, out: `${input.options['json'] === true ? JSON.stringify(json) : text}\n`, err: '' };
  } catch (thrown) {
    const error = toCommandError(thrown);
    if (error instanceof DarkroomError && error.code === 'input/invalid') return notUnderstood(error.message, usage);
    return { exitCode: 1, out: '', err: `${toLine(error)}\n` };
  }
}

function startsWith(argv: readonly string[], words: readonly string[]): boolean {
  return words.every((word, index) => argv[index] === word);
}

function parse(args: string[], { options = {} }: AdminCommand) {
  const { values, positionals } = parseArgs({
    args,
    options: { ...options, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  return { args: positionals, options: values as Record<string, string | boolean | undefined> };
}

function toCommandError(thrown: unknown): unknown {
  if (!(thrown instanceof ZodError)) return thrown;
  const lines = thrown.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return new DarkroomError('input/invalid', lines.join('; '), { cause: thrown });
}

function notUnderstood(message: string, usage: string): Ending {
  return { exitCode: 2, out: '', err: `darkroom: ${message}\n\n${usage}\n` };
}

function describeAll(): string {
  const lines = commands.map(({ name, usage, summary }) => `  ${`${name} ${usage}`.trimEnd()}\n      ${summary}`);
  return `Usage: admin COMMAND [--json]\n\n${lines.join('\n')}`;
}
