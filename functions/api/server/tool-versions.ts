/**
 * Versions of bundled tools, which the lock file pins. A test compares them with the real ones, so that a request need not
 * run the tools. ffmpeg and ImageMagick are not used.
 */
export const toolVersions = { exiftool: '13.59', libvips: '8.18.7' } as const;
