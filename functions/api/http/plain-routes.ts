import type { FastifyInstance } from 'fastify';
import { page } from './web-page.ts';

/** Routes beside the API: discovery, health, and one plain page until there is a web client. */
export function addPlainRoutes(app: FastifyInstance): void {
  app.get('/.well-known/immich', async () => ({ api: { endpoint: '/api' } }));
  app.get('/custom.css', async (_request, reply) => reply.type('text/css').send(''));
  app.get('/healthz', async (_request, reply) => reply.type('text/plain').send('ok'));
  app.get('/robots.txt', async (_request, reply) => reply.type('text/plain').send('User-agent: *\nDisallow: /\n'));
  app.get('/favicon.ico', async (_request, reply) => reply.status(204).send());
  app.get('/', async (request, reply) =>
    reply
      .type('text/html')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
      .send(page(`${request.protocol}://${request.host}`)),
  );
}
