import { notYet, type Operations } from '../route.ts';

export const mapRoutes = {
  getMapMarkers: notYet({ method: 'GET', path: '/map/markers', auth: 'user', permission: 'map.read', status: 200 }),
  reverseGeocode: notYet({
    method: 'GET',
    path: '/map/reverse-geocode',
    auth: 'user',
    permission: 'map.search',
    status: 200,
  }),
} satisfies Partial<Operations>;
