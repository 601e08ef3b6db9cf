import { kubectl, kubectlJson } from '../kubectl.ts';
import { kubectlPatiently, sleep } from './fault-lab.ts';

interface TriggerSpec {
  subscriber: { ref?: object; uri?: string };
  delivery: Record<string, unknown>;
}

/** Leads a Trigger to another place, or lets it deliver in another way; disposing leads it back. */
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

/** Ready says what was before a change for a moment after it. */
async function waitFor(name: string): Promise<void> {
  await sleep(2000);
  await kubectl(['wait', 'trigger', name, '--for=condition=Ready', '--timeout=120s']);
}
