import { isAbsolute } from 'node:path';
import { stages, type Stage } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { AdminInput } from './command.ts';

/** The text of an option; undefined if it was not given. */
export function findOption({ options }: AdminInput, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

export function hasFlag({ options }: AdminInput, name: string): boolean {
  return options[name] === true;
}

/** @throws input/invalid if there is no such stage */
export function findStage(input: AdminInput): Stage | undefined {
  const name = findOption(input, 'stage');
  if (name === undefined) return undefined;
  const stage = stages.find((it) => it === name);
  if (stage === undefined) throw new DarkroomError('input/invalid', `--stage must be one of ${stages.join(', ')}`);
  return stage;
}

/** @throws input/invalid unless it is a whole number above 0 */
export function findCount(input: AdminInput, name: string): number | undefined {
  const value = findOption(input, name);
  if (value === undefined) return undefined;
  const count = Number(value);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new DarkroomError('input/invalid', `--${name} must be a whole number above 0`);
  return count;
}

/** The one argument of the command. @throws input/invalid if there is none, or more than one */
export function getOnlyArgument({ args }: AdminInput, what: string): string {
  const [first, ...others] = args;
  if (first === undefined || others.length > 0)
    throw new DarkroomError('input/invalid', `Exactly one ${what} is required`);
  return first;
}

/** The one argument, an absolute path, since the process may have another working directory. @throws input/invalid */
export function getPath(input: AdminInput): string {
  const path = getOnlyArgument(input, 'file');
  if (!isAbsolute(path)) throw new DarkroomError('input/invalid', `The path ${path} must be absolute`);
  return path;
}

/** For commands that take options alone. @throws input/invalid */
export function refuseArguments({ args }: AdminInput): void {
  if (args.length > 0) throw new DarkroomError('input/invalid', `Unexpected arguments: ${args.join(' ')}`);
}
