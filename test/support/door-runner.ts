// A door as a separate process that a test can kill. Sends the process id of the app to its parent.
import { openDoor } from '#knative/local/door.ts';

const [app = ''] = process.argv.slice(2);
const door = await openDoor({
  host: '127.0.0.1',
  port: 0,
  app,
  onEvent: () => process.send?.({ appPid: door.appPid }),
});
