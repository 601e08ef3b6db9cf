import type { ParseArgsConfig } from 'node:util';
import type { Config } from '#shared/config/config.ts';
import type { Db } from '#shared/db/db.ts';
import type { Platform } from '#shared/platform/platform.ts';

/** The ports of a command; each is opened on first use. */
export interface AdminPorts {
  readonly config: Config;
  /** True if no other process can use the database and the store while the command runs. */
  readonly isOnlyProcess: boolean;
  /** The database, without a check of its schema version. @throws db/unavailable */
  openAnyDb(): Promise<Db>;
  /** The database. @throws db/unavailable, db/schema-older, db/schema-newer */
  openDb(): Promise<Db>;
  /** Database and store. @throws as `openDb`, and store/unavailable */
  openPlatform(): Promise<Platform>;
  /** Sends the events in the outbox to the Broker. Returns a sentence with the reason if that failed. */
  announce(): Promise<string | undefined>;
  /** All of standard input, without the line break at its end. */
  readInput(): Promise<string>;
}

export interface AdminInput {
  /** The arguments after the command's name. */
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** The output of a command: text for people, and JSON with `--json`. */
export interface Answer {
  text: string;
  json: unknown;
}

export type AdminOptions = NonNullable<ParseArgsConfig['options']>;

/** Each command file exports this as `command`. */
export interface AdminCommand {
  /** Besides `--json` and `--help`. */
  readonly options?: AdminOptions;
  /** @throws input/invalid for what is wrong with the input */
  run(ports: AdminPorts, input: AdminInput): Promise<Answer>;
}
