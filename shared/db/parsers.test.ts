import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = `
  import '${new URL('parsers.ts', import.meta.url).href}';
  import utils from 'pg/lib/utils.js';
  const date = new Date('1965-05-06T07:08:09.123Z');
  console.log(JSON.stringify([date.getSeconds(), Date.parse(utils.prepareValue(date)) - date.getTime()]));`;

test('a time is written exactly in a zone whose historic offset has seconds', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, TZ: 'Africa/Monrovia' },
  });
  expect(JSON.parse(stdout)).toEqual([39, 0]);
});
