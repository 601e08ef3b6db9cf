import { operations } from '#functions/api/generated/operations.ts';
import { isBuilt, type OperationRow } from '#functions/api/http/operation.ts';

/** The README with the number of implemented operations in its status line. */
export function writeStatus(readme: string): string {
  const rows = Object.values<OperationRow>(operations);
  const built = rows.filter((row) => isBuilt(row)).length;
  const line = `Immich API 3.2.2: ${built} of ${rows.length} operations.`;
  const place = /(<!-- status -->\n)[\s\S]*?(\n<!-- \/status -->)/;
  if (!place.test(readme)) throw new Error('README.md has no place for the status line');
  return readme.replace(place, `$1${line}$2`);
}
