import { toDarkroomError } from '#shared/errors/errors.ts';
import { relayOnce, type RelayPorts } from '#shared/pipeline/relay.ts';

const rounds = 100;

/** Sends the events in the outbox, as far as the caps allow. If that fails they stay there, and the reason is returned. */
export async function announceAll(ports: RelayPorts): Promise<string | undefined> {
  try {
    for (let round = 0; round < rounds; round++) if ((await relayOnce(ports)) === 0) break;
    return undefined;
  } catch (error) {
    return `${toDarkroomError(error).message}: the events are sent when a function next works.`;
  }
}
