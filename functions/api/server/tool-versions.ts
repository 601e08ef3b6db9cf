/**
 * Of what Darkroom brings along; pinned by the lock file, and compared with the real ones by a test, so that nobody has
 * to be asked while somebody waits. ffmpeg and ImageMagick are not used.
 */
export const toolVersions = { exiftool: '13.59', libvips: '8.18.7' } as const;
