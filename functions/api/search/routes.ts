import { notYet, type Operations } from '../route.ts';

export const searchRoutes = {
  getAssetsByCity: notYet({
    method: 'GET',
    path: '/search/cities',
    auth: 'user',
    permission: 'asset.read',
    status: 200,
  }),
  getExploreData: notYet({
    method: 'GET',
    path: '/search/explore',
    auth: 'user',
    permission: 'asset.read',
    status: 200,
  }),
  searchLargeAssets: notYet({
    method: 'POST',
    path: '/search/large-assets',
    auth: 'user',
    permission: 'asset.read',
    status: 200,
  }),
  searchAssets: notYet({
    method: 'POST',
    path: '/search/metadata',
    auth: 'user',
    permission: 'asset.read',
    sharedLink: true,
    status: 200,
  }),
  searchPerson: notYet({ method: 'GET', path: '/search/person', auth: 'user', permission: 'person.read', status: 200 }),
  searchPlaces: notYet({ method: 'GET', path: '/search/places', auth: 'user', permission: 'asset.read', status: 200 }),
  searchRandom: notYet({ method: 'POST', path: '/search/random', auth: 'user', permission: 'asset.read', status: 200 }),
  searchSmart: notYet({ method: 'POST', path: '/search/smart', auth: 'user', permission: 'asset.read', status: 200 }),
  searchAssetStatistics: notYet({
    method: 'POST',
    path: '/search/statistics',
    auth: 'user',
    permission: 'asset.statistics',
    status: 200,
  }),
  getSearchSuggestions: notYet({
    method: 'GET',
    path: '/search/suggestions',
    auth: 'user',
    permission: 'asset.read',
    status: 200,
  }),
} satisfies Partial<Operations>;
