import { notYet, type Operations } from '../route.ts';

export const pluginsRoutes = {
  searchPlugins: notYet({ method: 'GET', path: '/plugins', auth: 'user', permission: 'plugin.read', status: 200 }),
  searchPluginMethods: notYet({
    method: 'GET',
    path: '/plugins/methods',
    auth: 'user',
    permission: 'plugin.read',
    status: 200,
  }),
  searchPluginTemplates: notYet({
    method: 'GET',
    path: '/plugins/templates',
    auth: 'user',
    permission: 'plugin.read',
    status: 200,
  }),
  getPlugin: notYet({ method: 'GET', path: '/plugins/:id', auth: 'user', permission: 'plugin.read', status: 200 }),
} satisfies Partial<Operations>;
