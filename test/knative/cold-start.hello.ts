/** A bare Node server as a Knative Service, with the same autoscaling as the API. */
export function describeHello(image: string): object {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'hello' },
    spec: {
      template: {
        metadata: {
          annotations: {
            'autoscaling.knative.dev/window': '6s',
            'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '0s',
            'autoscaling.knative.dev/target-burst-capacity': '0',
          },
        },
        spec: {
          containers: [
            {
              image,
              args: ['/app/hello.mjs'],
              resources: { requests: { cpu: '20m', memory: '64Mi' } },
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
            },
          ],
        },
      },
    },
  };
}
