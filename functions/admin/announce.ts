import { toDarkroomError } from '#shared/errors/errors.ts';
import { relayOnce, type RelayPorts } from '#shared/pipeline/relay.ts';

const rounds = 100;

/** Sends what waits, as far as the caps allow. What could not be sent waits on; then a sentence says why. */
export async function announceAll(ports: RelayPorts): Promise<string | undefined> {
  try {
    for (let round = 0; round < rounds; round++) if ((await relayOnce(ports)) === 0) break;
    return undefined;
  } catch (error) {
    return `${toDarkroomError(error).message}: it is sent when a function next works.`;
  }
}
