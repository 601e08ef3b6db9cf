import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { Platform } from '#shared/platform/platform.ts';
import type { BootServer } from '#shared/serve/boot-server.ts';
import { serveFunction } from '#shared/serve/serve-function.ts';
import { eventFunctions } from '#functions/pod/event-functions.ts';
import type { Destination } from './deliver.ts';
import type { ServiceSpec } from './topology.ts';

export interface LocalFunctions {
  /** The address of the service; the first call loads and starts its function. */
  locate(service: string): Promise<Destination>;
  concurrencyOf(service: string): number;
  drain(graceMs: number): Promise<void>;
}

/** The event functions of the services in this process, each served by functions-framework on a Unix socket in `folder`. */
export function createLocalFunctions(
  services: readonly ServiceSpec[],
  folder: string,
  getPlatform: () => Platform,
): LocalFunctions {
  const started = new Map<string, Promise<BootServer>>();
  const find = (service: string) => {
    const spec = services.find((it) => it.name === service);
    if (spec === undefined) throw new DarkroomError('config/invalid', `There is no service ${service}`);
    return spec;
  };
  const pathOf = ({ target }: ServiceSpec) => join(folder, `${target}.sock`);
  const start = async (spec: ServiceSpec) => {
    const load = eventFunctions[spec.target];
    if (load === undefined) throw new DarkroomError('config/invalid', `There is no function ${spec.target}`);
    const { fn } = await load();
    return await serveFunction(spec.target, await fn.create(getPlatform()), { path: pathOf(spec) });
  };
  return {
    async locate(service) {
      const spec = find(service);
      const starting = started.get(service) ?? start(spec);
      started.set(service, starting);
      try {
        await starting;
      } catch (error) {
        started.delete(service);
        throw error;
      }
      return { url: `http://${service}/`, socketPath: pathOf(spec) };
    },
    concurrencyOf(service) {
      const { maxScale, containerConcurrency } = find(service);
      const ofManifest = maxScale * (containerConcurrency === 0 ? Infinity : containerConcurrency);
      return Math.min(ofManifest, availableParallelism());
    },
    async drain(graceMs) {
      const starting = await Promise.allSettled(started.values());
      const boots = starting.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
      await Promise.all(boots.map((it) => it.drain(graceMs)));
    },
  };
}
