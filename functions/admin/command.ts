import type { ParseArgsConfig } from 'node:util';
import type { Config } from '#shared/config/config.ts';
import type { Db } from '#shared/db/db.ts';
import type { Platform } from '#shared/platform/platform.ts';

/** What a command may use; nothing is opened before it is asked for. */
export interface AdminPorts {
  readonly config: Config;
  /** True if no other process can use the database and the store while the command runs. */
  readonly isOnlyProcess: boolean;
  /** The database, whatever its schema is. @throws db/unavailable */
  openAnyDb(): Promise<Db>;
  /** The database. @throws db/unavailable, db/schema-older, db/schema-newer */
  openDb(): Promise<Db>;
  /** Database and store. @throws as `openDb`, and store/unavailable */
  openPlatform(): Promise<Platform>;
  /** Sends what waits to the Broker. A sentence that says why it waits, if it could not. */
  announce(): Promise<string | undefined>;
  /** All of standard input, without the line break at its end. */
  readInput(): Promise<string>;
}

export interface AdminInput {
  /** What stands behind the command's name. */
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** What a command answers: to people, and with `--json` to scripts. */
export interface Answer {
  text: string;
  json: unknown;
}

export type AdminOptions = NonNullable<ParseArgsConfig['options']>;

/** What the file of a command exports as `command`. */
export interface AdminCommand {
  /** Besides `--json` and `--help`. */
  readonly options?: AdminOptions;
  /** @throws input/invalid for what is wrong with the input */
  run(ports: AdminPorts, input: AdminInput): Promise<Answer>;
}
