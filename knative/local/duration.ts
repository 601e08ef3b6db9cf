import { DarkroomError } from '#shared/errors/errors.ts';

const pattern = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds of an ISO 8601 duration of days, hours, minutes and seconds. @throws config/invalid */
export function parseDuration(text: string): number {
  const match = pattern.exec(text);
  if (match === null) throw new DarkroomError('config/invalid', `${text} is not an ISO 8601 duration`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
