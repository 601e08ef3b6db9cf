import type { FastifyRequest } from 'fastify';
import { describeDevice, type Device } from '#shared/auth/describe-device.ts';

/** The device that sent a request, by its headers. */
export function readDevice({ headers }: Pick<FastifyRequest, 'headers'>): Device {
  const text = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined);
  return describeDevice({
    userAgent: headers['user-agent'],
    deviceModel: text(headers['devicemodel']),
    deviceType: text(headers['devicetype']),
  });
}
