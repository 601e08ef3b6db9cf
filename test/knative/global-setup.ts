import { install, uninstall } from './installation.ts';

/** Installs once for all files; DARKROOM_LAB_KEEP=1 keeps the installation, so that the next run starts at once. */
export default async function setup(): Promise<() => Promise<void>> {
  await install();
  return async () => {
    if (process.env['DARKROOM_LAB_KEEP'] !== '1') await uninstall();
  };
}
