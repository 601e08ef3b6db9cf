// Made by `npm run generate` from the files <area>/<operationId>.ts.
import { createUserAdmin } from '../admin-users/createUserAdmin.ts';
import { deleteUserAdmin } from '../admin-users/deleteUserAdmin.ts';
import { getUserAdmin } from '../admin-users/getUserAdmin.ts';
import { getUserPreferencesAdmin } from '../admin-users/getUserPreferencesAdmin.ts';
import { getUserSessionsAdmin } from '../admin-users/getUserSessionsAdmin.ts';
import { getUserStatisticsAdmin } from '../admin-users/getUserStatisticsAdmin.ts';
import { restoreUserAdmin } from '../admin-users/restoreUserAdmin.ts';
import { searchUsersAdmin } from '../admin-users/searchUsersAdmin.ts';
import { updateUserAdmin } from '../admin-users/updateUserAdmin.ts';
import { updateUserPreferencesAdmin } from '../admin-users/updateUserPreferencesAdmin.ts';
import { addAssetsToAlbum } from '../albums/addAssetsToAlbum.ts';
import { addAssetsToAlbums } from '../albums/addAssetsToAlbums.ts';
import { addUsersToAlbum } from '../albums/addUsersToAlbum.ts';
import { createAlbum } from '../albums/createAlbum.ts';
import { deleteAlbum } from '../albums/deleteAlbum.ts';
import { getAlbumInfo } from '../albums/getAlbumInfo.ts';
import { getAlbumMapMarkers } from '../albums/getAlbumMapMarkers.ts';
import { getAlbumStatistics } from '../albums/getAlbumStatistics.ts';
import { getAllAlbums } from '../albums/getAllAlbums.ts';
import { removeAssetFromAlbum } from '../albums/removeAssetFromAlbum.ts';
import { removeUserFromAlbum } from '../albums/removeUserFromAlbum.ts';
import { updateAlbumInfo } from '../albums/updateAlbumInfo.ts';
import { updateAlbumUser } from '../albums/updateAlbumUser.ts';
import { createApiKey } from '../api-keys/createApiKey.ts';
import { deleteApiKey } from '../api-keys/deleteApiKey.ts';
import { getApiKey } from '../api-keys/getApiKey.ts';
import { getApiKeys } from '../api-keys/getApiKeys.ts';
import { getMyApiKey } from '../api-keys/getMyApiKey.ts';
import { rotateApiKey } from '../api-keys/rotateApiKey.ts';
import { updateApiKey } from '../api-keys/updateApiKey.ts';
import { checkBulkUpload } from '../assets/checkBulkUpload.ts';
import { deleteAssetMetadata } from '../assets/deleteAssetMetadata.ts';
import { deleteAssets } from '../assets/deleteAssets.ts';
import { deleteBulkAssetMetadata } from '../assets/deleteBulkAssetMetadata.ts';
import { downloadAsset } from '../assets/downloadAsset.ts';
import { getAssetInfo } from '../assets/getAssetInfo.ts';
import { getAssetMetadata } from '../assets/getAssetMetadata.ts';
import { getAssetMetadataByKey } from '../assets/getAssetMetadataByKey.ts';
import { getAssetStatistics } from '../assets/getAssetStatistics.ts';
import { playAssetVideo } from '../assets/playAssetVideo.ts';
import { runAssetJobs } from '../assets/runAssetJobs.ts';
import { updateAsset } from '../assets/updateAsset.ts';
import { updateAssetMetadata } from '../assets/updateAssetMetadata.ts';
import { updateAssets } from '../assets/updateAssets.ts';
import { updateBulkAssetMetadata } from '../assets/updateBulkAssetMetadata.ts';
import { uploadAsset } from '../assets/uploadAsset.ts';
import { viewAsset } from '../assets/viewAsset.ts';
import { changePassword } from '../auth/changePassword.ts';
import { changePinCode } from '../auth/changePinCode.ts';
import { getAuthStatus } from '../auth/getAuthStatus.ts';
import { lockAuthSession } from '../auth/lockAuthSession.ts';
import { login } from '../auth/login.ts';
import { logout } from '../auth/logout.ts';
import { resetPinCode } from '../auth/resetPinCode.ts';
import { setupPinCode } from '../auth/setupPinCode.ts';
import { signUpAdmin } from '../auth/signUpAdmin.ts';
import { unlockAuthSession } from '../auth/unlockAuthSession.ts';
import { validateAccessToken } from '../auth/validateAccessToken.ts';
import { getDownloadInfo } from '../download/getDownloadInfo.ts';
import { createFace } from '../faces/createFace.ts';
import { deleteFace } from '../faces/deleteFace.ts';
import { getFaces } from '../faces/getFaces.ts';
import { reassignFacesById } from '../faces/reassignFacesById.ts';
import { createJob } from '../jobs/createJob.ts';
import { getQueuesLegacy } from '../jobs/getQueuesLegacy.ts';
import { runQueueCommandLegacy } from '../jobs/runQueueCommandLegacy.ts';
import { createLibrary } from '../libraries/createLibrary.ts';
import { deleteLibrary } from '../libraries/deleteLibrary.ts';
import { getAllLibraries } from '../libraries/getAllLibraries.ts';
import { getLibrary } from '../libraries/getLibrary.ts';
import { getLibraryStatistics } from '../libraries/getLibraryStatistics.ts';
import { scanLibrary } from '../libraries/scanLibrary.ts';
import { updateLibrary } from '../libraries/updateLibrary.ts';
import { validate } from '../libraries/validate.ts';
import { createPerson } from '../people/createPerson.ts';
import { deletePeople } from '../people/deletePeople.ts';
import { deletePerson } from '../people/deletePerson.ts';
import { getAllPeople } from '../people/getAllPeople.ts';
import { getPerson } from '../people/getPerson.ts';
import { getPersonStatistics } from '../people/getPersonStatistics.ts';
import { getPersonThumbnail } from '../people/getPersonThumbnail.ts';
import { mergePeople } from '../people/mergePeople.ts';
import { mergePersonLegacy } from '../people/mergePersonLegacy.ts';
import { reassignFaces } from '../people/reassignFaces.ts';
import { updatePeople } from '../people/updatePeople.ts';
import { updatePerson } from '../people/updatePerson.ts';
import { emptyQueue } from '../queues/emptyQueue.ts';
import { getQueue } from '../queues/getQueue.ts';
import { getQueueJobs } from '../queues/getQueueJobs.ts';
import { getQueues } from '../queues/getQueues.ts';
import { updateQueue } from '../queues/updateQueue.ts';
import { getAboutInfo } from '../server/getAboutInfo.ts';
import { getServerConfig } from '../server/getServerConfig.ts';
import { getServerFeatures } from '../server/getServerFeatures.ts';
import { getServerStatistics } from '../server/getServerStatistics.ts';
import { getServerVersion } from '../server/getServerVersion.ts';
import { getStorage } from '../server/getStorage.ts';
import { getSupportedMediaTypes } from '../server/getSupportedMediaTypes.ts';
import { pingServer } from '../server/pingServer.ts';
import { createSession } from '../sessions/createSession.ts';
import { deleteAllSessions } from '../sessions/deleteAllSessions.ts';
import { deleteSession } from '../sessions/deleteSession.ts';
import { getSessions } from '../sessions/getSessions.ts';
import { lockSession } from '../sessions/lockSession.ts';
import { updateSession } from '../sessions/updateSession.ts';
import { getAdminOnboarding } from '../system-metadata/getAdminOnboarding.ts';
import { updateAdminOnboarding } from '../system-metadata/updateAdminOnboarding.ts';
import { getTimeBucket } from '../timeline/getTimeBucket.ts';
import { getTimeBuckets } from '../timeline/getTimeBuckets.ts';
import { emptyTrash } from '../trash/emptyTrash.ts';
import { restoreAssets } from '../trash/restoreAssets.ts';
import { restoreTrash } from '../trash/restoreTrash.ts';
import { deleteUserLicense } from '../users/deleteUserLicense.ts';
import { deleteUserOnboarding } from '../users/deleteUserOnboarding.ts';
import { getMyPreferences } from '../users/getMyPreferences.ts';
import { getMyUser } from '../users/getMyUser.ts';
import { getUser } from '../users/getUser.ts';
import { getUserLicense } from '../users/getUserLicense.ts';
import { getUserOnboarding } from '../users/getUserOnboarding.ts';
import { searchUsers } from '../users/searchUsers.ts';
import { setUserOnboarding } from '../users/setUserOnboarding.ts';
import { updateMyPreferences } from '../users/updateMyPreferences.ts';
import { updateMyUser } from '../users/updateMyUser.ts';
import type { Operations } from '../http/operation.ts';
import { notImplemented } from './not-implemented.ts';

/** Every operation of the API. A missing or misnamed one, or a wrong response type, does not compile. */
export const operations = {
  createUserAdmin,
  deleteUserAdmin,
  getUserAdmin,
  getUserPreferencesAdmin,
  getUserSessionsAdmin,
  getUserStatisticsAdmin,
  restoreUserAdmin,
  searchUsersAdmin,
  updateUserAdmin,
  updateUserPreferencesAdmin,
  addAssetsToAlbum,
  addAssetsToAlbums,
  addUsersToAlbum,
  createAlbum,
  deleteAlbum,
  getAlbumInfo,
  getAlbumMapMarkers,
  getAlbumStatistics,
  getAllAlbums,
  removeAssetFromAlbum,
  removeUserFromAlbum,
  updateAlbumInfo,
  updateAlbumUser,
  createApiKey,
  deleteApiKey,
  getApiKey,
  getApiKeys,
  getMyApiKey,
  rotateApiKey,
  updateApiKey,
  checkBulkUpload,
  deleteAssetMetadata,
  deleteAssets,
  deleteBulkAssetMetadata,
  downloadAsset,
  getAssetInfo,
  getAssetMetadata,
  getAssetMetadataByKey,
  getAssetStatistics,
  playAssetVideo,
  runAssetJobs,
  updateAsset,
  updateAssetMetadata,
  updateAssets,
  updateBulkAssetMetadata,
  uploadAsset,
  viewAsset,
  changePassword,
  changePinCode,
  getAuthStatus,
  lockAuthSession,
  login,
  logout,
  resetPinCode,
  setupPinCode,
  signUpAdmin,
  unlockAuthSession,
  validateAccessToken,
  getDownloadInfo,
  createFace,
  deleteFace,
  getFaces,
  reassignFacesById,
  createJob,
  getQueuesLegacy,
  runQueueCommandLegacy,
  createLibrary,
  deleteLibrary,
  getAllLibraries,
  getLibrary,
  getLibraryStatistics,
  scanLibrary,
  updateLibrary,
  validate,
  createPerson,
  deletePeople,
  deletePerson,
  getAllPeople,
  getPerson,
  getPersonStatistics,
  getPersonThumbnail,
  mergePeople,
  mergePersonLegacy,
  reassignFaces,
  updatePeople,
  updatePerson,
  emptyQueue,
  getQueue,
  getQueueJobs,
  getQueues,
  updateQueue,
  getAboutInfo,
  getServerConfig,
  getServerFeatures,
  getServerStatistics,
  getServerVersion,
  getStorage,
  getSupportedMediaTypes,
  pingServer,
  createSession,
  deleteAllSessions,
  deleteSession,
  getSessions,
  lockSession,
  updateSession,
  getAdminOnboarding,
  updateAdminOnboarding,
  getTimeBucket,
  getTimeBuckets,
  emptyTrash,
  restoreAssets,
  restoreTrash,
  deleteUserLicense,
  deleteUserOnboarding,
  getMyPreferences,
  getMyUser,
  getUser,
  getUserLicense,
  getUserOnboarding,
  searchUsers,
  setUserOnboarding,
  updateMyPreferences,
  updateMyUser,
  ...notImplemented,
} satisfies Operations;
