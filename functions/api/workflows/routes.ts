import { notYet, type Operations } from '../route.ts';

export const workflowsRoutes = {
  searchWorkflows: notYet({
    method: 'GET',
    path: '/workflows',
    auth: 'user',
    permission: 'workflow.read',
    status: 200,
  }),
  createWorkflow: notYet({
    method: 'POST',
    path: '/workflows',
    auth: 'user',
    permission: 'workflow.create',
    status: 201,
  }),
  getWorkflowTriggers: notYet({
    method: 'GET',
    path: '/workflows/triggers',
    auth: 'user',
    anyScope: true,
    status: 200,
  }),
  deleteWorkflow: notYet({
    method: 'DELETE',
    path: '/workflows/:id',
    auth: 'user',
    permission: 'workflow.delete',
    status: 204,
  }),
  getWorkflow: notYet({
    method: 'GET',
    path: '/workflows/:id',
    auth: 'user',
    permission: 'workflow.read',
    status: 200,
  }),
  updateWorkflow: notYet({
    method: 'PUT',
    path: '/workflows/:id',
    auth: 'user',
    permission: 'workflow.update',
    patchAlias: true,
    status: 200,
  }),
  getWorkflowLogs: notYet({
    method: 'GET',
    path: '/workflows/:id/logs',
    auth: 'user',
    permission: 'workflow.logs',
    status: 200,
  }),
  getWorkflowForShare: notYet({
    method: 'GET',
    path: '/workflows/:id/share',
    auth: 'user',
    permission: 'workflow.read',
    status: 200,
  }),
} satisfies Partial<Operations>;
