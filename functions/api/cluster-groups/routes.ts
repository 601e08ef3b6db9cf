import { notYet, type Operations } from '../route.ts';

export const clusterGroupsRoutes = {
  getClusterGroupRequests: notYet({
    method: 'GET',
    path: '/cluster-groups/requests',
    auth: 'user',
    permission: 'clusterGroupRequest.read',
    status: 200,
  }),
  deleteClusterGroupRequest: notYet({
    method: 'DELETE',
    path: '/cluster-groups/requests/:id',
    auth: 'user',
    permission: 'clusterGroupRequest.delete',
    status: 204,
  }),
  acceptClusterGroupRequest: notYet({
    method: 'POST',
    path: '/cluster-groups/requests/:id/accept',
    auth: 'user',
    permission: 'clusterGroupRequest.create',
    status: 204,
  }),
  leaveClusterGroup: notYet({
    method: 'POST',
    path: '/cluster-groups/:id/leave',
    auth: 'user',
    permission: 'clusterGroup.leave',
    status: 204,
  }),
  clusterGroupRegeneratePeople: notYet({
    method: 'POST',
    path: '/cluster-groups/:id/regenerate-people',
    auth: 'user',
    permission: 'clusterGroup.read',
    status: 204,
  }),
  getClusterGroupRequestsForGroup: notYet({
    method: 'GET',
    path: '/cluster-groups/:id/requests',
    auth: 'user',
    permission: 'clusterGroupRequest.read',
    status: 200,
  }),
  createClusterGroupRequest: notYet({
    method: 'PUT',
    path: '/cluster-groups/:id/requests',
    auth: 'user',
    permission: 'clusterGroupRequest.create',
    status: 201,
  }),
  getClusterGroupUsers: notYet({
    method: 'GET',
    path: '/cluster-groups/:id/users',
    auth: 'user',
    permission: 'clusterGroup.read',
    status: 200,
  }),
} satisfies Partial<Operations>;
