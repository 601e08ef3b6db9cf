export interface ProbeOptions {
  timeoutSeconds?: number;
  containerConcurrency?: number;
  maxScale?: number;
  burstCapacity?: string;
}

/** A bare Node server as a Knative Service with the given settings. */
export function describeProbe(name: string, image: string, options: ProbeOptions): object {
  const { timeoutSeconds = 60, containerConcurrency = 0, maxScale = 3, burstCapacity = '0' } = options;
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, labels: { 'app.kubernetes.io/part-of': 'probe' } },
    spec: {
      template: {
        metadata: {
          annotations: {
            'autoscaling.knative.dev/window': '6s',
            'autoscaling.knative.dev/max-scale': String(maxScale),
            'autoscaling.knative.dev/target-burst-capacity': burstCapacity,
          },
        },
        spec: {
          timeoutSeconds,
          responseStartTimeoutSeconds: timeoutSeconds,
          containerConcurrency,
          containers: [
            {
              image,
              args: ['/app/hello.mjs'],
              envFrom: [{ configMapRef: { name: 'probe', optional: true } }],
              resources: { requests: { cpu: '20m', memory: '64Mi' } },
            },
          ],
        },
      },
    },
  };
}
