// A door in a process of its own, so that a test can kill it: tells its parent the process id of the app.
import { openDoor } from '#knative/local/door.ts';

const [app = ''] = process.argv.slice(2);
const door = await openDoor({
  host: '127.0.0.1',
  port: 0,
  app,
  onEvent: () => process.send?.({ appPid: door.appPid }),
});
