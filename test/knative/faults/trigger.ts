import { kubectl, kubectlJson } from '../kubectl.ts';
import { kubectlPatiently, sleep } from './fault-lab.ts';

interface TriggerSpec {
  subscriber: { ref?: object; uri?: string };
  delivery: Record<string, unknown>;
}

/** Changes the destination or the delivery of a Trigger; disposing restores it. */
export async function redirectTrigger(
  name: string,
  { uri, delivery = {} }: { uri?: string; delivery?: Record<string, unknown> },
): Promise<AsyncDisposable> {
  const { spec } = await kubectlJson<{ spec: TriggerSpec }>(['get', 'trigger', name]);
  const patch = (to: object) =>
    kubectlPatiently(['patch', 'trigger', name, '--type=merge', '-p', JSON.stringify({ spec: to })]).then(() =>
      waitFor(name),
    );
  await patch({ delivery, ...(uri !== undefined && { subscriber: { ref: null, uri } }) });
  return {
    async [Symbol.asyncDispose]() {
      await patch({ delivery: spec.delivery, subscriber: { uri: null, ...spec.subscriber } });
    },
  };
}

/** Waits, because Ready shows the state before a change for a moment. */
async function waitFor(name: string): Promise<void> {
  await sleep(2000);
  await kubectl(['wait', 'trigger', name, '--for=condition=Ready', '--timeout=120s']);
}
