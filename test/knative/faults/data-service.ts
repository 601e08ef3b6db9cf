import { kubectl } from '../kubectl.ts';
import { waitForRollout } from '../installation.ts';
import { sleep } from './fault-lab.ts';

export type DataService = 'postgres' | 'minio';

const stopFile = { postgres: '/data/stopped', minio: '/tmp/stopped' };
/** Runs a shell script in a container of its pod. */
export const inside = (service: DataService, script: string, container: string = service) =>
  kubectl(['exec', `deployment/${service}`, '-c', container, '--', '/bin/sh', '-c', script]);

/** Ends its process until `start`; its data stay. */
export async function stop(service: DataService): Promise<void> {
  await inside(service, `: > ${stopFile[service]}; kill -INT 1`);
}

export async function start(service: DataService): Promise<void> {
  // The container may be stopping.
  for (let attempt = 0; ; attempt++) {
    try {
      await inside(service, `busybox rm ${stopFile[service]}`);
      break;
    } catch (error) {
      if (attempt === 10) throw error;
      await sleep(1000);
    }
  }
  await waitForRollout(service);
}
