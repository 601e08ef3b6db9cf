import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliveryServices, type Answer, type Delivery, type DeliveryBench, type Receiver } from './delivery.bench.ts';

const ok: Answer = { status: 204 };

/** The contract of a Knative broker that Darkroom relies on. @see Knative Eventing, data plane specification */
export function deliverySuite(name: string, openBench: () => Promise<DeliveryBench>): void {
  describe(`delivery by ${name}`, { concurrent: false }, () => {
    let bench: DeliveryBench;
    const receivers = new Map<string, Receiver>();
    const receiver = (service: string) => {
      const found = receivers.get(service);
      if (found === undefined) throw new Error(`no receiver ${service}`);
      return found;
    };

    beforeAll(async () => {
      bench = await openBench();
      for (const service of Object.keys(deliveryServices)) {
        if (service !== 'nobody') receivers.set(service, await bench.makeReceiver(service));
      }
    });
    beforeEach(() => {
      for (const it of receivers.values()) it.answer(() => ok);
    });
    afterAll(() => bench[Symbol.asyncDispose]());

    const post = (headers: Record<string, string>, body: string) =>
      fetch(bench.brokerUrl, { method: 'POST', headers, body });
    const send = async (type: string, extensions: Record<string, string> = {}, body = '{"n":1}') => {
      const id = crypto.randomUUID();
      const response = await post(binary(type, id, extensions), body);
      expect(response.status).toBe(202);
      return id;
    };
    const seen = (service: string, id: string) =>
      receiver(service).deliveries.filter((it) => it.headers['ce-id'] === id);
    const arrived = async (service: string, id: string, count = 1): Promise<Delivery[]> => {
      await expect
        .poll(() => seen(service, id).length, { timeout: 15_000, interval: 10 })
        .toBeGreaterThanOrEqual(count);
      return seen(service, id);
    };
    /** Waits long enough for an unexpected delivery to arrive. */
    const settle = () => new Promise((resolve) => setTimeout(resolve, 300));

    describe('what it takes', () => {
      test('an event in binary mode arrives with unchanged data, extensions and trace', async () => {
        const extensions = {
          'ce-subject': 'upload/1.jpg',
          'ce-assettype': 'image',
          'ce-traceparent': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        };
        const id = await send('test.plain', extensions, '{ "n":  1 }');
        const [delivery] = await arrived('plain', id);
        expect(delivery?.headers).toMatchObject({ ...binary('test.plain', id), ...extensions });
        expect(delivery?.body).toBe('{ "n":  1 }');
      });

      test('an event in structured mode arrives in a mode that the receiver can parse', async () => {
        const id = crypto.randomUUID();
        const event = {
          specversion: '1.0',
          id,
          type: 'test.plain',
          source: '/test',
          datacontenttype: 'application/json',
          data: { n: 2 },
        };
        const response = await post({ 'content-type': 'application/cloudevents+json' }, JSON.stringify(event));
        expect(response.status).toBe(202);
        const [delivery] = await arrived('plain', id);
        expect(delivery?.headers).toMatchObject({ 'ce-type': 'test.plain', 'ce-source': '/test' });
        expect(JSON.parse(delivery?.body ?? '')).toEqual({ n: 2 });
      });

      test.each([
        ['without an id', { ...binary('test.plain', ''), 'ce-id': '' }, '{}'],
        [
          'without a type',
          { 'content-type': 'application/json', 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/x' },
          '{}',
        ],
        ['of another specification', { ...binary('test.plain', '1'), 'ce-specversion': '9.0' }, '{}'],
        ['that is no event at all', { 'content-type': 'application/json' }, '{}'],
        ['whose structure is broken', { 'content-type': 'application/cloudevents+json' }, '{"specversion":'],
      ])('an event %s is rejected with 400 and not delivered', async (_, headers, body) => {
        expect((await post(headers, body)).status).toBe(400);
        await settle();
        expect(receiver('plain').deliveries).toEqual([]);
        expect(receiver('letters').deliveries).toEqual([]);
      });

      test('an event is accepted before any function has answered', async () => {
        const go = Promise.withResolvers<Answer>();
        receiver('plain').answer(() => go.promise);
        const id = await send('test.plain');
        await arrived('plain', id);
        go.resolve(ok);
      });

      test('the same event sent twice is delivered twice', async () => {
        const id = await send('test.plain');
        await post(binary('test.plain', id), '{}');
        await arrived('plain', id, 2);
      });
    });

    describe('filters', () => {
      test('match each attribute exactly', async () => {
        const wanted = await send('test.asset', { 'ce-assettype': 'image' });
        await send('test.asset', { 'ce-assettype': 'video' });
        await send('test.asset');
        await send('test.asset.more', { 'ce-assettype': 'image' });
        await send('test', { 'ce-assettype': 'image' });
        await arrived('images', wanted);
        await settle();
        const seen = receiver('images').deliveries.map((it) => it.headers['ce-id']);
        expect(seen).toEqual([wanted]);
      });

      test('two Triggers of one service each deliver their own events', async () => {
        const [one, two] = [await send('test.plain'), await send('test.other')];
        await arrived('plain', one);
        await arrived('plain', two);
      });
    });

    describe('answers', () => {
      test.each([200, 202, 204])('%i without a body ends the delivery', async (status) => {
        receiver('plain').answer(() => ({ status }));
        const id = await send('test.plain');
        await arrived('plain', id);
        await settle();
        expect(seen('plain', id)).toHaveLength(1);
        expect(seen('letters', id)).toEqual([]);
      });

      test.each([404, 408, 409, 429, 500, 502, 503])('after %i the same event comes again', async (status) => {
        let attempts = 0;
        receiver('plain').answer(() => (++attempts < 3 ? { status } : ok));
        const id = await send('test.plain');
        const deliveries = await arrived('plain', id, 3);
        await settle();
        expect(seen('plain', id)).toHaveLength(3);
        expect(new Set(deliveries.map((it) => it.body)).size).toBe(1);
        expect(seen('letters', id)).toEqual([]);
      });

      test('after a closed connection the same event comes again', async () => {
        let attempts = 0;
        receiver('plain').answer(() => (++attempts < 2 ? 'cut' : ok));
        const id = await send('test.plain');
        await arrived('plain', id, 2);
      });

      test.each([301, 400, 401, 403, 410, 422])('%i is final: a dead letter at once', async (status) => {
        receiver('plain').answer(() => ({ status, body: '{"detail":"no"}' }));
        const id = await send('test.plain');
        const [letter] = await arrived('letters', id);
        expect(seen('plain', id)).toHaveLength(1);
        expect(letter?.headers).toMatchObject({ 'ce-type': 'test.plain', 'ce-knativeerrorcode': String(status) });
      });

      test('after a text, which is not an event, the event comes again, and its dead letter has no reason', async () => {
        receiver('plain').answer(() => ({
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: '{"fine":true}',
        }));
        const id = await send('test.plain');
        const [letter] = await arrived('letters', id);
        expect(seen('plain', id)).toHaveLength(4);
        expect(letter?.headers['ce-knativeerrorcode']).toBeUndefined();
      });

      test('a response after the timeout counts as none', async () => {
        let attempts = 0;
        receiver('slow').answer(() =>
          ++attempts < 2 ? new Promise<Answer>((resolve) => setTimeout(resolve, 1000, ok)) : ok,
        );
        const id = await send('test.slow');
        const [first, second] = await arrived('slow', id, 2);
        const gapMs = (second?.at ?? 0) - (first?.at ?? 0);
        // The time runs from the start of the attempt, which the receiver sees a little later.
        expect(gapMs).toBeGreaterThanOrEqual(200);
        expect(gapMs).toBeLessThan(1000);
      });
    });

    describe('replies', () => {
      test('an event in binary mode goes to its Triggers', async () => {
        const reply = crypto.randomUUID();
        receiver('replies').answer(() => ({ status: 200, headers: binary('test.answers', reply), body: '{"n":3}' }));
        await send('test.asks');
        const [delivery] = await arrived('hears', reply);
        expect(delivery?.headers['ce-type']).toBe('test.answers');
        expect(delivery?.body).toBe('{"n":3}');
      });

      test('an event in structured mode goes to its Triggers', async () => {
        const id = crypto.randomUUID();
        const body = JSON.stringify({ specversion: '1.0', id, type: 'test.answers', source: '/test', data: { n: 4 } });
        receiver('replies').answer(() => ({
          status: 200,
          headers: { 'content-type': 'application/cloudevents+json' },
          body,
        }));
        await send('test.asks');
        expect(JSON.parse((await arrived('hears', id))[0]?.body ?? '')).toEqual({ n: 4 });
      });

      test('a reply that lacks an attribute makes the original event a dead letter at once', async () => {
        const headers = { ...binary('test.answers', 'x'), 'ce-type': '' };
        receiver('replies').answer(() => ({ status: 200, headers, body: '{}' }));
        const id = await send('test.asks');
        const [letter] = await arrived('letters', id);
        expect(seen('replies', id)).toHaveLength(1);
        expect(letter?.headers).toMatchObject({ 'ce-type': 'test.asks', 'ce-knativeerrorcode': '400' });
      });

      test('after a reply that cannot be parsed the original event comes again', async () => {
        const headers = { 'content-type': 'application/cloudevents+json' };
        let attempts = 0;
        receiver('replies').answer(() => (++attempts < 2 ? { status: 200, headers, body: '{"specversion":' } : ok));
        await arrived('replies', await send('test.asks'), 2);
      });
    });

    describe('back-off', () => {
      const gaps = (deliveries: Delivery[]) => deliveries.slice(1).map((it, n) => it.at - (deliveries[n]?.at ?? 0));

      test('exponential doubles from its delay', async () => {
        receiver('exponential').answer(() => ({ status: 503 }));
        const id = await send('test.exponential');
        const [first = 0, second = 0, third = 0] = gaps(await arrived('exponential', id, 4));
        expect(first).toBeGreaterThanOrEqual(195);
        expect(second).toBeGreaterThanOrEqual(395);
        expect(third).toBeGreaterThanOrEqual(795);
        expect(first).toBeLessThan(395);
      });

      test('linear grows by its delay, from zero', async () => {
        receiver('linear').answer(() => ({ status: 503 }));
        const id = await send('test.linear');
        const [first = 0, second = 0, third = 0] = gaps(await arrived('linear', id, 4));
        expect(first).toBeLessThan(195);
        expect(second).toBeGreaterThanOrEqual(195);
        expect(third).toBeGreaterThanOrEqual(395);
      });
    });

    describe('dead letters', () => {
      test('come once after the first attempt and all retries, with destination, status and reason', async () => {
        const body = JSON.stringify({ title: 'The store is not available', status: 503 });
        receiver('plain').answer(() => ({
          status: 503,
          headers: { 'content-type': 'application/problem+json' },
          body,
        }));
        const id = await send('test.plain', { 'ce-subject': 's' }, '{"n":5}');
        const [letter] = await arrived('letters', id);
        await settle();
        expect(seen('plain', id)).toHaveLength(4);
        expect(seen('letters', id)).toHaveLength(1);
        expect(letter?.body).toBe('{"n":5}');
        expect(letter?.headers).toMatchObject({
          'ce-id': id,
          'ce-type': 'test.plain',
          'ce-subject': 's',
          'ce-knativeerrorcode': '503',
        });
        expect(letter?.headers['ce-knativeerrordest']).toMatch(/^http:\/\//);
        expect(Buffer.from(String(letter?.headers['ce-knativeerrordata']), 'base64').toString()).toBe(body);
      });

      // A longer response crashes the dispatcher of the in-memory channel; no function of Darkroom sends one (toProblem).
      test('carry the reason whole up to 768 bytes, which are 1,024 characters', async () => {
        receiver('plain').answer(() => ({ status: 400, body: 'x'.repeat(768) }));
        const [letter] = await arrived('letters', await send('test.plain'));
        expect(String(letter?.headers['ce-knativeerrordata'])).toHaveLength(1024);
      });

      test('come also if the subscriber refuses connections', async () => {
        const [letter] = await arrived('letters', await send('test.nobody'));
        expect(letter?.headers['ce-type']).toBe('test.nobody');
      });

      test('are retried if the sink does not accept them at first', async () => {
        receiver('plain').answer(() => ({ status: 400 }));
        let attempts = 0;
        receiver('letters').answer(() => (++attempts < 3 ? { status: 503 } : ok));
        await arrived('letters', await send('test.plain'), 3);
      });
    });

    describe('concurrency', () => {
      test('a service gets at most as many concurrent requests as its limit, and all in the end', async () => {
        receiver('narrow').answer(() => new Promise<Answer>((resolve) => setTimeout(resolve, 30, ok)));
        const ids = await Promise.all(Array.from({ length: 20 }, () => send('test.narrow')));
        for (const id of ids) await arrived('narrow', id);
        expect(receiver('narrow').mostAtOnce).toBe(2);
      });

      test('a service that does not answer does not delay others', async () => {
        const go = Promise.withResolvers<Answer>();
        receiver('narrow').answer(() => go.promise);
        await Promise.all(Array.from({ length: 5 }, () => send('test.narrow')));
        await arrived('plain', await send('test.plain'));
        go.resolve(ok);
      });

      test('an event that waits for a retry does not occupy a slot', async () => {
        let failed = false;
        receiver('narrow').answer(({ body }) => {
          if (body !== '"bad"') return ok;
          failed = true;
          return { status: 503 };
        });
        await Promise.all([send('test.narrow', {}, '"bad"'), send('test.narrow', {}, '"bad"')]);
        await arrived('narrow', await send('test.narrow'));
        expect(failed).toBe(true);
      });
    });
  });
}

function binary(type: string, id: string, extensions: Record<string, string> = {}): Record<string, string> {
  return {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-type': type,
    'ce-source': '/test',
    ...extensions,
  };
}
