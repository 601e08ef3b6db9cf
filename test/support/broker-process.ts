// The local broker as a separate process, which a test can kill with all of its events. SOCKETS is the folder of the
// functions' sockets. Prints its address.
import { join } from 'node:path';
import { startBroker } from '#knative/local/broker.ts';
import { readTopology } from '#knative/local/topology.ts';
import { silentLog } from '#shared/log/log.ts';

const { triggers, services } = await readTopology(join(import.meta.dirname, '../../knative'));
const broker = await startBroker({
  triggers,
  log: silentLog,
  locate: (service) => {
    const target = services.find((it) => it.name === service)?.target ?? service;
    return Promise.resolve({
      url: `http://${service}/`,
      socketPath: join(process.env['SOCKETS'] ?? '', `${target}.sock`),
    });
  },
  concurrencyOf: () => 2,
});
process.on('disconnect', () => process.exit(0));
process.send?.(broker.url);
