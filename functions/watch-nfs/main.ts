import { eventSources } from '#shared/events/event-sources.ts';
import { eventTypes } from '#shared/events/event-types.ts';
import { setTimeout } from 'node:timers/promises';
import type { Config } from '#shared/config/config.ts';
import { endScanRequest, findScanRequest } from '#shared/libraries/library.ts';
import { pingType, type DarkroomEvent } from '#shared/events/catalogue.ts';
import { done, receive, type PingEvent } from '#shared/events/receive.ts';
import { scanUnfinished } from '#shared/events/new-event.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import type { EventFunction } from '#shared/platform/platform.ts';
import { isRequest, scanAll, type ScanRequest, type SliceLimits } from './scan-all.ts';
import { usualLimits } from './scan-ports.ts';

const { scanRequested: requested, scanUnfinished: unfinished } = eventTypes;

type ScanEvent = PingEvent | DarkroomEvent<typeof requested> | DarkroomEvent<typeof unfinished>;

export const fn: EventFunction = {
  name: 'watch-nfs',
  create(platform) {
    const { db, log, holder, config } = platform;
    const wait = (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal }).catch(() => {});
    const relay = createRelay(platform);
    const ports = { db, log, holder, relay, now: Date.now, wait };
    const limits = limitsOf(config);
    return receive([pingType, requested, unfinished], log, async (event, signal) => {
      const request = toRequest(event);
      // Each tick also reclaims stages whose event or holder was lost.
      if (event.type === pingType) await relay.look();
      const asked = isRequest(request) ? await findScanRequest(db, request.libraryId ?? '') : undefined;
      const outcome = await scanAll(ports, config, request, limits, AbortSignal.any([signal, platform.signal]));
      if (outcome === 'unfinished') return { ...done, reply: toReply(request, event.id) };
      if (outcome === 'finished' && asked !== undefined) await endScanRequest(db, request.libraryId ?? '', asked);
      // The scan that is under way covers a tick; a hint may come too late for it.
      return outcome === 'busy' && event.type === requested ? { outcome: 'busy' } : done;
    });
  },
};

function limitsOf(config: Config): SliceLimits {
  return {
    ...usualLimits,
    missingMs: config.DARKROOM_SCAN_MISSING_HOURS * 3_600_000,
    sliceMs: config.DARKROOM_SCAN_SLICE_SECONDS * 1000,
  };
}

function toRequest(event: ScanEvent): ScanRequest {
  const since = new Date();
  if (event.type === pingType) return { isFull: event.schedule === 'scan-full', since };
  if (event.type === unfinished) {
    const { full: isFull, libraryId, since: began } = event.data;
    return { isFull, libraryId, since: new Date(began) };
  }
  const { libraryId, path } = event.data;
  // A requested scan of a library also has to find files that were written in place.
  return { isFull: event.data.full ?? (libraryId !== undefined && path === undefined), since, libraryId, path };
}

function toReply({ isFull, libraryId, since }: ScanRequest, cause: string): DarkroomEvent<typeof unfinished> {
  const data = { full: isFull, since: since.toISOString(), ...(libraryId === undefined ? {} : { libraryId }) };
  return scanUnfinished(eventSources.watchNfs, data, cause);
}
