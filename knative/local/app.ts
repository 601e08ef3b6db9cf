// The app that the door starts: all of Darkroom in one process, until it was idle for the configured time.
import { parseConfig } from '#shared/config/config.ts';
import { toDarkroomError } from '#shared/errors/errors.ts';
import { createActivity } from './activity.ts';
import { takeHandover } from './handover.ts';
import { openApp, type App } from './open-app.ts';

const drainMs = 20_000;
let app: App | undefined;
let isEnding = false;

const activity = createActivity(Number(process.env['DARKROOM_IDLE_SECONDS'] ?? 60) * 1000, () =>
  handover.offerSleep(app?.nextAtMs(), app?.nextLibraryScanAtMs()),
);
const handover = takeHandover({
  activity,
  onEnd: () => void end(),
  onChanged: (folders) => void app?.requestScan(folders),
});
process.on('SIGTERM', () => void end());
// Ignores Ctrl-C of the terminal; the door receives it too and sends SIGTERM.
process.on('SIGINT', () => {});

try {
  app = await openApp(parseConfig(process.env), activity);
  handover.serve(app.server);
  await app.resume();
} catch (thrown) {
  const { code, message, retry } = toDarkroomError(thrown);
  await handover.fail({ code, message, retry });
  process.exit(1);
}

async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  activity.end();
  handover.closeSilent();
  try {
    await app?.close(drainMs);
    process.exit(0);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
