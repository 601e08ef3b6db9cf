import { notYet, type Operations } from '../route.ts';

export const adminDatabaseBackupsRoutes = {
  deleteDatabaseBackup: notYet({
    method: 'DELETE',
    path: '/admin/database-backups',
    auth: 'admin',
    permission: 'backup.delete',
    status: 200,
  }),
  listDatabaseBackups: notYet({
    method: 'GET',
    path: '/admin/database-backups',
    auth: 'admin',
    permission: 'maintenance',
    status: 200,
  }),
  startDatabaseRestoreFlow: notYet({
    method: 'POST',
    path: '/admin/database-backups/start-restore',
    auth: 'public',
    status: 201,
  }),
  uploadDatabaseBackup: notYet({
    method: 'POST',
    path: '/admin/database-backups/upload',
    auth: 'admin',
    permission: 'backup.upload',
    accepts: 'multipart',
    status: 201,
  }),
  downloadDatabaseBackup: notYet({
    method: 'GET',
    path: '/admin/database-backups/:filename',
    auth: 'admin',
    permission: 'backup.download',
    raw: true,
    status: 200,
  }),
} satisfies Partial<Operations>;
