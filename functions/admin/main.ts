import { parseConfig } from '#shared/config/config.ts';
import { openPodPorts } from './pod-ports.ts';
import { runCommand } from './run-command.ts';

/** `darkroom admin` as a process of its own: prints, and sets the exit code. @throws config/invalid */
export async function runAdmin(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  await using ports = openPodPorts(parseConfig(env));
  const { exitCode, out, err } = await runCommand(argv, ports);
  process.stdout.write(out);
  process.stderr.write(err);
  process.exitCode = exitCode;
}
