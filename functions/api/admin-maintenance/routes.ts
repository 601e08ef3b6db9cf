import { notYet, type Operations } from '../route.ts';

export const adminMaintenanceRoutes = {
  getIntegrityReport: notYet({
    method: 'GET',
    path: '/admin/integrity/report',
    auth: 'admin',
    permission: 'maintenance',
    status: 200,
  }),
  deleteIntegrityReport: notYet({
    method: 'DELETE',
    path: '/admin/integrity/report/:id',
    auth: 'admin',
    permission: 'maintenance',
    status: 200,
  }),
  getIntegrityReportFile: notYet({
    method: 'GET',
    path: '/admin/integrity/report/:id/file',
    auth: 'admin',
    permission: 'maintenance',
    raw: true,
    status: 200,
  }),
  getIntegrityReportCsv: notYet({
    method: 'GET',
    path: '/admin/integrity/report/:type/csv',
    auth: 'admin',
    permission: 'maintenance',
    raw: true,
    status: 200,
  }),
  getIntegrityReportSummary: notYet({
    method: 'GET',
    path: '/admin/integrity/summary',
    auth: 'admin',
    permission: 'maintenance',
    status: 200,
  }),
  setMaintenanceMode: notYet({
    method: 'POST',
    path: '/admin/maintenance',
    auth: 'admin',
    permission: 'maintenance',
    status: 201,
  }),
  detectPriorInstall: notYet({
    method: 'GET',
    path: '/admin/maintenance/detect-install',
    auth: 'admin',
    permission: 'maintenance',
    status: 200,
  }),
  maintenanceLogin: notYet({ method: 'POST', path: '/admin/maintenance/login', auth: 'public', status: 201 }),
  getMaintenanceStatus: notYet({ method: 'GET', path: '/admin/maintenance/status', auth: 'public', status: 200 }),
} satisfies Partial<Operations>;
