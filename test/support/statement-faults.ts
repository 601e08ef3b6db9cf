import { Client } from 'pg';

/** A fault of the `at`-th statement from now on, including BEGIN and COMMIT: before it reaches the database, or after it took effect. */
export interface Fault {
  at: number;
  when: 'before' | 'after';
  /**
   * `kill` ends this process with SIGKILL; `disconnect` breaks the connection to the server; `error` only loses the
   * response, since the embedded database has a single session.
   */
  how: 'kill' | 'disconnect' | 'error';
}

interface OpenClient {
  connection: { stream: { destroy(): void } };
  query: (this: OpenClient, ...parameters: unknown[]) => Promise<unknown>;
}

let armed: { fault: Fault; left: number } | undefined;

/** The client of both databases. */
const clients = Client.prototype as unknown as OpenClient;
const send = clients.query;
clients.query = async function query(this: OpenClient, ...parameters) {
  const fault = takeFault();
  if (fault?.when === 'before') strike(this, fault);
  const result = await send.apply(this, parameters);
  if (fault?.when === 'after') strike(this, fault);
  return result;
};

function takeFault(): Fault | undefined {
  if (armed === undefined || armed.left === 0) return undefined;
  armed.left -= 1;
  return armed.left === 0 ? armed.fault : undefined;
}

function strike(client: OpenClient, { how }: Fault): never {
  if (how === 'kill') process.kill(process.pid, 'SIGKILL');
  if (how === 'disconnect') client.connection.stream.destroy();
  throw new Error('Connection terminated unexpectedly');
}

/** Makes one statement of this process fail. */
export function armFault(fault: Fault): void {
  armed = { fault, left: fault.at };
}

/** Disarms the fault, and returns whether it has occurred. */
export function disarmFault(): boolean {
  const hasStruck = armed?.left === 0;
  armed = undefined;
  return hasStruck;
}
