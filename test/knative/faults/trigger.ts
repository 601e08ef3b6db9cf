import { kubectl, kubectlJson } from '../kubectl.ts';
import { kubectlPatiently, sleep } from './fault-lab.ts';

interface TriggerSpec {
  subscriber: { ref?: object; uri?: string };
  delivery: Record<string, unknown>;
  filter: { attributes: Record<string, string> };
}

/** Where a Trigger is led for a while; disposing leads it back. */
export interface Detour extends AsyncDisposable {
  /** The attributes that its events have. */
  readonly attributes: Record<string, string>;
}

/** Changes a Trigger as `subscriber` and `delivery` say, until disposed. */
export async function redirectTrigger(
  name: string,
  { uri, delivery = {} }: { uri?: string; delivery?: Record<string, unknown> },
): Promise<Detour> {
  const { spec } = await kubectlJson<{ spec: TriggerSpec }>(['get', 'trigger', name]);
  const patch = (to: object) =>
    kubectlPatiently(['patch', 'trigger', name, '--type=merge', '-p', JSON.stringify({ spec: to })]).then(() =>
      waitFor(name),
    );
  await patch({ delivery, ...(uri !== undefined && { subscriber: { ref: null, uri } }) });
  return {
    attributes: spec.filter.attributes,
    async [Symbol.asyncDispose]() {
      await patch({ delivery: spec.delivery, subscriber: { uri: null, ...spec.subscriber } });
    },
  };
}

/** Ready says what was before a change for a moment after it. */
async function waitFor(name: string): Promise<void> {
  await sleep(2000);
  await kubectl(['wait', 'trigger', name, '--for=condition=Ready', '--timeout=120s']);
}
