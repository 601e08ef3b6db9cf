import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { kubectl, namespace } from './kubectl.ts';

const domain = process.env['DARKROOM_LAB_DOMAIN'] ?? 'kn.localhost';

/** How to reach a Knative Service from this computer: an address and the host name of the request. */
export interface ServiceDestination {
  url: string;
  host: string;
}

/** Through the ingress; through the internal one for a service that is visible only in the cluster. */
export async function findDestination(service: string): Promise<ServiceDestination> {
  const visibility = '{.metadata.labels.networking\\.knative\\.dev/visibility}';
  const found = await kubectl(['get', 'ksvc', service, '-o', `jsonpath=${visibility}`]);
  if (found !== 'cluster-local') return { url: await findIngress(), host: `${service}.${namespace}.${domain}` };
  const inside = await kubectl(['get', 'service', service, '-o', 'jsonpath={.spec.externalName}']);
  const [name = '', of = ''] = inside.split('.');
  const address = await kubectl(['-n', of, 'get', 'service', name, '-o', 'jsonpath={.spec.clusterIP}']);
  return { url: `http://${address}`, host: `${service}.${namespace}.svc.cluster.local` };
}

async function findIngress(): Promise<string> {
  const given = process.env['DARKROOM_LAB_INGRESS'];
  if (given !== undefined) return given;
  const address = await kubectl([
    '-n',
    'kourier-system',
    'get',
    'service',
    'kourier',
    '-o',
    'jsonpath={.spec.clusterIP}',
  ]);
  return `http://${address}`;
}

export interface AskOptions {
  path?: string;
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
  timeoutMs?: number;
}

export interface Answered {
  /** 0 after a connection error or a timeout. */
  status: number;
  contentType: string;
  headers: IncomingHttpHeaders;
  body: string;
  tookMs: number;
  /** Epoch milliseconds when the whole response had arrived. */
  atMs: number;
}

/** One request on a new connection; never throws. */
export async function ask({ url, host }: ServiceDestination, options: AskOptions = {}): Promise<Answered> {
  const { path = '/', method = 'GET', headers = {}, body, timeoutMs = 120_000 } = options;
  const start = performance.now();
  const finish = ({
    headers = {},
    ...answer
  }: Pick<Answered, 'status' | 'body'> & { headers?: IncomingHttpHeaders }): Answered => ({
    ...answer,
    headers,
    contentType: headers['content-type'] ?? '',
    tookMs: performance.now() - start,
    atMs: Date.now(),
  });
  const { promise, resolve } = Promise.withResolvers<Answered>();
  const asked = request(
    new URL(path, url),
    { method, headers: { ...headers, host }, setHost: false, agent: false, signal: AbortSignal.timeout(timeoutMs) },
    (response) => {
      const { statusCode: status = 0, headers } = response;
      text(response).then(
        (answer) => resolve(finish({ status, headers, body: answer })),
        (error: unknown) => resolve(finish({ status: 0, body: String(error) })),
      );
    },
  );
  asked.on('error', (error) => resolve(finish({ status: 0, body: String(error) })));
  asked.end(body);
  return await promise;
}
