import type { Operations } from './route.ts';
import { activitiesRoutes } from './activities/routes.ts';
import { adminDatabaseBackupsRoutes } from './admin-database-backups/routes.ts';
import { adminMaintenanceRoutes } from './admin-maintenance/routes.ts';
import { adminNotificationsRoutes } from './admin-notifications/routes.ts';
import { adminUsersRoutes } from './admin-users/routes.ts';
import { albumsRoutes } from './albums/routes.ts';
import { apiKeysRoutes } from './api-keys/routes.ts';
import { assetFilesRoutes } from './asset-files/routes.ts';
import { assetsRoutes } from './assets/routes.ts';
import { authRoutes } from './auth/routes.ts';
import { clusterGroupsRoutes } from './cluster-groups/routes.ts';
import { configRoutes } from './config/routes.ts';
import { downloadRoutes } from './download/routes.ts';
import { duplicatesRoutes } from './duplicates/routes.ts';
import { facesRoutes } from './faces/routes.ts';
import { jobsRoutes } from './jobs/routes.ts';
import { librariesRoutes } from './libraries/routes.ts';
import { mapRoutes } from './map/routes.ts';
import { memoriesRoutes } from './memories/routes.ts';
import { notificationsRoutes } from './notifications/routes.ts';
import { oauthRoutes } from './oauth/routes.ts';
import { partnersRoutes } from './partners/routes.ts';
import { peopleRoutes } from './people/routes.ts';
import { pluginsRoutes } from './plugins/routes.ts';
import { queuesRoutes } from './queues/routes.ts';
import { searchRoutes } from './search/routes.ts';
import { serverRoutes } from './server/routes.ts';
import { sessionsRoutes } from './sessions/routes.ts';
import { sharedLinksRoutes } from './shared-links/routes.ts';
import { stacksRoutes } from './stacks/routes.ts';
import { syncRoutes } from './sync/routes.ts';
import { systemMetadataRoutes } from './system-metadata/routes.ts';
import { tagsRoutes } from './tags/routes.ts';
import { timelineRoutes } from './timeline/routes.ts';
import { trashRoutes } from './trash/routes.ts';
import { usersRoutes } from './users/routes.ts';
import { viewRoutes } from './view/routes.ts';
import { workflowsRoutes } from './workflows/routes.ts';

/** Every operation of the API. A missing or misnamed one, or a wrong answer, does not compile. */
export const operations = {
  ...activitiesRoutes,
  ...adminDatabaseBackupsRoutes,
  ...adminMaintenanceRoutes,
  ...adminNotificationsRoutes,
  ...adminUsersRoutes,
  ...albumsRoutes,
  ...apiKeysRoutes,
  ...assetFilesRoutes,
  ...assetsRoutes,
  ...authRoutes,
  ...clusterGroupsRoutes,
  ...configRoutes,
  ...downloadRoutes,
  ...duplicatesRoutes,
  ...facesRoutes,
  ...jobsRoutes,
  ...librariesRoutes,
  ...mapRoutes,
  ...memoriesRoutes,
  ...notificationsRoutes,
  ...oauthRoutes,
  ...partnersRoutes,
  ...peopleRoutes,
  ...pluginsRoutes,
  ...queuesRoutes,
  ...searchRoutes,
  ...serverRoutes,
  ...sessionsRoutes,
  ...sharedLinksRoutes,
  ...stacksRoutes,
  ...syncRoutes,
  ...systemMetadataRoutes,
  ...tagsRoutes,
  ...timelineRoutes,
  ...trashRoutes,
  ...usersRoutes,
  ...viewRoutes,
  ...workflowsRoutes,
} satisfies Operations;
