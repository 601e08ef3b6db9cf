/** The `source` attribute of Darkroom's events. */
export const eventSources = {
  api: '/darkroom/api',
  admin: '/darkroom/admin',
  pipeline: '/darkroom/pipeline',
  local: '/darkroom/local',
  watchMinio: '/darkroom/watch-minio',
  watchNfs: '/darkroom/watch-nfs',
} as const;
