import type { Config } from '#shared/config/config.ts';
import type { Log } from '#shared/log/log.ts';
import type { Relay } from '#shared/pipeline/relay.ts';
import type { Settings } from '#shared/settings/settings-schema.ts';
import type { Store } from '#shared/store/store.ts';
import type { RemoveDeletedPorts } from './remove-deleted.ts';

export interface SweepPorts extends RemoveDeletedPorts {
  store: Pick<Store, 'kind' | 'find' | 'read' | 'list' | 'delete' | 'deleteVersion' | 'removeUnfinished'>;
  config: Pick<Config, 'DARKROOM_LEASE_SECONDS' | 'DARKROOM_MAX_ATTEMPTS'>;
  settings: () => Promise<Pick<Settings, 'trash'>>;
  holder: string;
  log: Log;
  relay: Pick<Relay, 'kick' | 'settled'>;
  signal: AbortSignal;
}
