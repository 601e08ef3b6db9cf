import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { openDoor, type Door, type DoorEvent, type DoorOptions } from './door.ts';

const appModule = join(import.meta.dirname, '../../test/support/door-app.ts');
let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

async function open(env: Record<string, string> = {}, options: Partial<DoorOptions> = {}) {
  const events: DoorEvent[] = [];
  const door = stack.use(
    await openDoor({
      host: '127.0.0.1',
      port: 0,
      app: appModule,
      env: { ...process.env, ...env },
      graceMs: 3000,
      onEvent: (event) => events.push(event),
      ...options,
    }),
  );
  const hasSeen = (type: DoorEvent['type'], count = 1) =>
    expect
      .poll(() => events.filter((it) => it.type === type).length, { timeout: 10_000 })
      .toBeGreaterThanOrEqual(count);
  return { door, events, hasSeen };
}

interface Answer {
  status: number;
  body: { pid: number; length: number; message?: string; changed?: string[] };
}

/** One request on a connection of its own, or on one of `agent`'s. */
async function knock(door: Door, path = '/', body = '', agent?: Agent): Promise<Answer> {
  const request = httpRequest({ port: door.port, path, method: 'POST', agent: agent ?? false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: (await json(response)) as Answer['body'] };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('waking', () => {
  test('a request before the app is ready is answered when it is', async () => {
    const { door } = await open({ APP_START_MS: '300' });
    expect(await knock(door)).toMatchObject({ status: 200, body: { pid: door.appPid, length: 0 } });
  });

  test('the app ends after its idle time, and a request starts the next one', async () => {
    const { door, hasSeen } = await open({ APP_IDLE_MS: '200' });
    const first = await knock(door);
    await hasSeen('asleep');
    expect(door.appPid).toBeUndefined();
    expect(isAlive(first.body.pid)).toBe(false);
    const second = await knock(door);
    expect(second.status).toBe(200);
    expect(second.body.pid).not.toBe(first.body.pid);
  });

  test('a due schedule wakes the app without a request', async () => {
    const { hasSeen } = await open({ APP_IDLE_MS: '50', APP_WAKE_AFTER_MS: '300' });
    await hasSeen('ready', 2);
  });

  test('a schedule that is due while the app is still ending is not missed', async () => {
    const { hasSeen } = await open({ APP_IDLE_MS: '50', APP_WAKE_AFTER_MS: '300', APP_END_MS: '800' });
    await hasSeen('ready', 2);
  });

  test('a change in the library wakes the app and is reported once', async () => {
    const { door, hasSeen } = await open({ APP_IDLE_MS: '300' });
    await hasSeen('asleep');
    door.tellChanged(['/library/anna', '/library/ben']);
    door.tellChanged(['/library/anna']);
    await hasSeen('ready', 2);
    await expect.poll(async () => (await knock(door)).body.changed).toEqual(['/library/anna', '/library/ben']);
    door.tellChanged(['/library/ben']);
    await expect.poll(async () => (await knock(door)).body.changed?.length).toBe(3);
  });

  test('the app wakes to scan the library only while changes may be missed', async () => {
    const { door, events, hasSeen } = await open({ APP_IDLE_MS: '50', APP_SCAN_AFTER_MS: '300' });
    await hasSeen('ready', 2);
    door.watch(true);
    await hasSeen('asleep', 2);
    await sleep(1000);
    const awakenings = events.filter((it) => it.type === 'ready').length;
    await sleep(1000);
    expect(events.filter((it) => it.type === 'ready')).toHaveLength(awakenings);
    door.watch(false);
    await hasSeen('ready', awakenings + 1);
  });

  test('a request and an open WebSocket keep it awake, and an idle connection does not', async () => {
    const { door, events, hasSeen } = await open({ APP_IDLE_MS: '150' });
    expect((await knock(door, '/?ms=600')).status).toBe(200);
    expect(events.map((it) => it.type)).toEqual(['ready']);

    const socket = await upgrade(door);
    await sleep(500);
    expect(events.map((it) => it.type)).toEqual(['ready']);
    socket.write('still here');
    expect(String((await once(socket, 'data'))[0])).toBe('still here');

    const silent = connect(door.port, '127.0.0.1');
    const agent = new Agent({ keepAlive: true });
    await knock(door, '/', '', agent);
    socket.destroy();
    await hasSeen('asleep');
    silent.destroy();
    agent.destroy();
  });
});

async function upgrade(door: Door): Promise<Socket> {
  const request = httpRequest({ port: door.port, headers: { connection: 'upgrade', upgrade: 'echo' } });
  request.end();
  const [, socket] = (await once(request, 'upgrade')) as [unknown, Socket];
  return socket;
}

describe('handing over', () => {
  test('50 concurrent requests with bodies arrive complete while the app starts', async () => {
    const { door } = await open({ APP_START_MS: '300' });
    const sizes = Array.from({ length: 50 }, (_, n) => n * 20_011);
    const answers = await Promise.all(sizes.map((size) => knock(door, '/', 'x'.repeat(size))));
    expect(answers.map((it) => it.body.length)).toEqual(sizes);
    expect(new Set(answers.map((it) => it.body.pid)).size).toBe(1);
  });

  test('requests on one connection, also pipelined ones, are answered in order', async () => {
    const { door } = await open();
    const socket = connect(door.port, '127.0.0.1');
    const line = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc';
    socket.write(`${line}${line}POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 1\r\n\r\na`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect([...text.matchAll(/"length":(\d+)/g)].map((it) => it[1])).toEqual(['3', '3', '1']);
  });

  test('a client that sends byte by byte is served', async () => {
    const { door } = await open();
    const socket = connect({ port: door.port, host: '127.0.0.1', noDelay: true });
    for (const byte of 'POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc') {
      socket.write(byte);
      await sleep(2);
    }
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toContain('"length":3');
  });

  test('a client that disconnects before it sends anything leaves no state', async () => {
    const { door, hasSeen } = await open({ APP_IDLE_MS: '200' });
    for (let n = 0; n < 20; n++) connect(door.port, '127.0.0.1').end();
    await hasSeen('asleep');
    await sleep(500);
    expect(door.appPid).toBeUndefined();
  });

  test('all requests while the app goes to sleep are answered', async () => {
    const { door, events } = await open({ APP_IDLE_MS: '1' });
    const answers: Promise<Answer>[] = [];
    const sleeps = () => events.filter((it) => it.type === 'asleep').length;
    // On a slow machine an app takes longer to start, and sleeps less often during the same number of requests.
    for (let n = 0; n < 150 || (sleeps() < 4 && n < 1000); n++) {
      answers.push(knock(door));
      await sleep(Math.random() * 30);
    }
    expect((await Promise.all(answers)).every((it) => it.status === 200)).toBe(true);
    expect(sleeps()).toBeGreaterThan(3);
  });
});

describe('an app that dies', () => {
  test('is restarted without a request', async () => {
    const { door, hasSeen } = await open();
    await hasSeen('ready');
    process.kill(door.appPid ?? 0, 'SIGKILL');
    await hasSeen('ready', 2);
  });

  test('does not lose connections from which it has not read', async () => {
    const { door, hasSeen } = await open({ APP_START_MS: '100' });
    await hasSeen('ready');
    const pid = door.appPid ?? 0;
    process.kill(pid, 'SIGSTOP');
    const answers = Promise.all(Array.from({ length: 50 }, (_, n) => knock(door, '/', 'x'.repeat(n))));
    await sleep(200);
    process.kill(pid, 'SIGKILL');
    const got = await answers;
    expect(got.map((it) => it.body.length)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(got.every((it) => it.body.pid !== pid)).toBe(true);
  });

  test('is restarted after each kill and answers later requests', async () => {
    const { door, hasSeen } = await open();
    await hasSeen('ready');
    const answers: Promise<Answer | 'cut'>[] = [];
    for (let n = 0; n < 60; n++) {
      answers.push(knock(door, '/?ms=5').catch(() => 'cut' as const));
      if (n % 20 === 10 && door.appPid !== undefined) process.kill(door.appPid, 'SIGKILL');
      await sleep(10);
    }
    const all = await Promise.all(answers);
    // Only requests under way at the moment of a kill are cut off.
    expect(all.filter((it) => it === 'cut').length).toBeLessThanOrEqual(3 * 3);
    expect(all.filter((it) => it !== 'cut').every((it) => it.status === 200)).toBe(true);
    expect((await knock(door)).status).toBe(200);
  });

  test('of one request is killed once, and serves the others', async () => {
    const { door, hasSeen } = await open();
    await expect(knock(door, '/die')).rejects.toThrow();
    await hasSeen('died');
    expect((await knock(door)).status).toBe(200);
    await hasSeen('ready', 2);
  });
});

describe('an app that cannot start', () => {
  test('causes a 503 with its reason for each request', async () => {
    const { door, events, hasSeen } = await open({ APP_FAILS: '1', APP_START_MS: '100' });
    const answers = await Promise.all([knock(door), knock(door, '/', 'x'.repeat(500_000))]);
    for (const { status, body } of answers) {
      expect(status).toBe(503);
      expect(body.message).toBe('The database has a newer schema');
    }
    await hasSeen('failed');
    expect(events[0]).toMatchObject({ code: 'db/schema-newer', isFirst: true });
    expect((await knock(door)).status).toBe(503);
  });

  test('for an unknown reason is started again, and then causes a 503', async () => {
    const { door } = await open({ APP_DIES_AT_START: '1' });
    const { status, body } = await knock(door);
    expect(status).toBe(503);
    expect(body.message).toMatch(/SIGKILL/);
  });

  test('or not in time causes a 503 after a time limit', async () => {
    const { door } = await open({ APP_START_MS: '5000' }, { holdMs: 300 });
    expect((await knock(door)).status).toBe(503);
  });
});

describe('ending', () => {
  test('finishes the requests under way and ends the app', async () => {
    const { door, hasSeen } = await open();
    await hasSeen('ready');
    const pid = door.appPid ?? 0;
    const answer = knock(door, '/?ms=400');
    await sleep(100);
    await door.close();
    expect((await answer).body.pid).toBe(pid);
    expect(isAlive(pid)).toBe(false);
    await expect(knock(door)).rejects.toThrow();
  });

  test('kills an app that does not end within the grace', async () => {
    const { door, hasSeen } = await open({}, { graceMs: 300 });
    await hasSeen('ready');
    const pid = door.appPid ?? 0;
    process.kill(pid, 'SIGSTOP');
    await door.close();
    expect(isAlive(pid)).toBe(false);
  });

  test('an app whose door was killed ends by itself', async () => {
    const runner = fork(join(import.meta.dirname, '../../test/support/door-runner.ts'), [appModule]);
    const [{ appPid }] = (await once(runner, 'message')) as [{ appPid: number }];
    runner.kill('SIGKILL');
    await expect.poll(() => isAlive(appPid), { timeout: 5000 }).toBe(false);
  });
});

test.runIf(process.platform === 'linux')('the door keeps no copy of a connection that is being served', async () => {
  const { door } = await open();
  const countFiles = async () => (await readdir('/proc/self/fd')).length;
  await knock(door);
  const before = await countFiles();
  const agent = new Agent({ keepAlive: true });
  await Promise.all(Array.from({ length: 20 }, () => knock(door, '/?ms=50', '', agent)));
  // The clients' sockets are in this process too, those of the door are not.
  expect(await countFiles()).toBeLessThanOrEqual(before + 20);
  agent.destroy();
});
