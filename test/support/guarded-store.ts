import type { Config } from '#shared/config/config.ts';
import { isInTransaction } from '#shared/db/transaction.ts';
import { openStore } from '#shared/platform/open-platform.ts';
import type { Platform } from '#shared/platform/platform.ts';
import type { Store, StoreWriter } from '#shared/store/store.ts';

/** Opens the store of a configuration with the check of `guardStore`. */
export async function openGuardedStore(
  config: Config,
  ports: Pick<Platform, 'db' | 'log'>,
): Promise<Pick<Platform, 'store' | 'identity'>> {
  const { store, identity } = await openStore(config, ports);
  return { store: guardStore(store), identity };
}

/**
 * A store that throws when it is called inside of a transaction. A store may take seconds to answer, during which the
 * transaction would hold locks, and with the embedded database the only connection.
 */
export function guardStore(store: Store): Store {
  return guard(store, 'store');
}

function guard<Target extends Store | StoreWriter>(target: Target, name: string): Target {
  return new Proxy(target, {
    get(_, property) {
      const member = Reflect.get(target, property, target) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const call = `${name}.${String(property)}(${typeof args[0] === 'string' ? args[0] : ''})`;
        if (property !== Symbol.asyncDispose) refuseInTransaction(call);
        const result: unknown = Reflect.apply(member, target, args);
        if (property === 'createWriter') return guardWriter(result as Promise<StoreWriter>);
        return property === 'list' ? guardListing(call, result as AsyncIterable<unknown>) : result;
      };
    },
  });
}

function refuseInTransaction(call: string): void {
  if (isInTransaction()) throw new Error(`${call} was called within a transaction`);
}

async function guardWriter(writer: Promise<StoreWriter>): Promise<StoreWriter> {
  return guard(await writer, 'writer');
}

async function* guardListing(call: string, listing: AsyncIterable<unknown>): AsyncGenerator {
  refuseInTransaction(call);
  for await (const object of listing) {
    yield object;
    refuseInTransaction(call);
  }
}
