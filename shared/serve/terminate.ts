/**
 * Runs `end` once on SIGTERM or SIGINT and then exits with 0, or with 1 if it fails. A second signal exits at once. No
 * other code of Darkroom handles these signals.
 */
export function onTerminate(end: () => Promise<void>): void {
  let ending = false;
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (ending) process.exit(1);
      ending = true;
      end().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
}
