// The local broker in a process of its own, which a test can kill with all that it holds. SOCKETS is the folder where
// the functions listen. It says on which address it is.
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
