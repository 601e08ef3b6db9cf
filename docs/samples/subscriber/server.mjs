// Hears of every photo that Darkroom has made pictures of. Plain Node 24, no packages.
import { createServer } from 'node:http';

const wanted = 'photos.darkroom.asset.rendered.v1';
const { PORT = '8080', DARKROOM_URL, DARKROOM_API_KEY } = process.env;

/** What this process has heard, the latest last. It is gone with the process: keep what matters somewhere else. */
const heard = new Map();
const heardMax = 1000;

const server = createServer(async (request, response) => {
  if (request.method === 'POST') {
    const status = await take(request).catch((error) => {
      console.error(JSON.stringify({ level: 'error', message: String(error), id: request.headers['ce-id'] }));
      // Not our fault or yours: the Broker is to send it again.
      return 503;
    });
    return response.writeHead(status).end();
  }
  if (request.url === '/healthz') return response.end('ok');
  response.setHeader('content-type', 'application/json');
  return response.end(JSON.stringify([...heard.values()]));
});

/**
 * The status decides what the Broker does: 2xx, done; 429 or 5xx, again later; another 4xx, never again. The answer has
 * no body: a body that is no event counts as a failure.
 */
async function take(request) {
  const event = await readEvent(request);
  // No retry would make it better.
  if (event === undefined) return 400;
  // A Trigger sends one type only; if it sends others, that is not to be repeated either.
  if (event.type !== wanted) return 204;
  // Every event may come twice: the same source and id are the same event.
  const key = `${event.source} ${event.id}`;
  if (heard.has(key)) return 204;

  const asset = await findAsset(event.data.assetId);
  if (asset === undefined) return 204;
  heard.set(key, { id: event.id, time: event.time, ...asset });
  if (heard.size > heardMax) heard.delete(heard.keys().next().value);
  console.log(JSON.stringify({ level: 'info', message: 'a photo is ready', id: event.id, ...asset }));
  return 204;
}

/** A CloudEvent in binary mode: attributes are headers, the body is the data. Undefined if it is none. */
async function readEvent(request) {
  const attribute = (name) => request.headers[`ce-${name}`];
  const [id, type, source, time] = ['id', 'type', 'source', 'time'].map(attribute);
  const chunks = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    // CloudEvents that intermediaries must carry are 64 KiB at most.
    if ((sizeBytes += chunk.length) > 64 * 1024) return undefined;
  }
  if (attribute('specversion') !== '1.0' || !id || !type || !source) return undefined;
  try {
    const data = JSON.parse(Buffer.concat(chunks).toString());
    return typeof data?.assetId === 'string' ? { id, type, source, time, data } : undefined;
  } catch {
    return undefined;
  }
}

/** An event says which photo; everything else is asked for. Undefined if the photo is gone meanwhile. */
async function findAsset(assetId) {
  if (!DARKROOM_URL) return { assetId };
  const url = `${DARKROOM_URL}/api/assets/${encodeURIComponent(assetId)}`;
  const answer = await fetch(url, {
    headers: { 'x-api-key': DARKROOM_API_KEY ?? '' },
    signal: AbortSignal.timeout(20_000),
  });
  // To an API key, the photo of somebody else is no photo.
  if (answer.status === 400 || answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`Darkroom answered ${answer.status}`);
  const { originalFileName, localDateTime } = await answer.json();
  return { assetId, originalFileName, localDateTime };
}

// Longer than whatever is in front keeps its connections.
server.keepAliveTimeout = 95_000;
server.listen(Number(PORT));
// Knative sends it when the pod is to go; what is under way is answered.
process.on('SIGTERM', () => server.close(() => process.exit(0)).closeIdleConnections());
