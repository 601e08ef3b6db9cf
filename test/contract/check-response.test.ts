import { expect, test } from 'vitest';
import { checkExchange, checkResponse, findOperation } from './check-response.ts';

const person = {
  id: '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11',
  name: 'Ada',
  birthDate: null,
  isHidden: false,
  thumbnailPath: '',
};
const people = { people: [person], total: 1, hidden: 0, hasNextPage: false };

test('a response that the SDK expects passes', () => {
  expect(() => checkResponse('getAllPeople', people)).not.toThrow();
});

test.each([
  ['a missing field', { people: [], total: 1 }, "required property 'hidden'"],
  ['an additional field', { ...people, page: 1 }, 'additionalProperty":"page"'],
  [
    'null in a field that is not nullable',
    { ...people, people: [{ ...person, name: null }] },
    '/people/0/name must be string',
  ],
  ['a bigint as text', { ...people, total: '1' }, '/total must be integer'],
  ['a fraction where whole numbers are expected', { ...people, total: 1.5 }, '/total must be integer'],
])('%s fails', (_what, answer, message) => {
  expect(() => checkResponse('getAllPeople', answer)).toThrow(message);
});

test('a value outside its enum fails', () => {
  const answer = [{ id: 'a', success: false, error: 'away' }];
  expect(() => checkResponse('removeAssetFromAlbum', answer)).toThrow('must be equal to one of the allowed values');
});

test('JSON where the SDK expects none fails', () => {
  expect(() => checkResponse('deletePerson', {})).toThrow('the SDK expects none');
});

test('a request is matched to its operation as by a router', () => {
  expect(findOperation('GET', '/api/users/me?x=1')).toBe('getMyUser');
  expect(findOperation('GET', `/users/${person.id}`)).toBe('getUser');
  expect(findOperation('PATCH', '/api/users/me')).toBe('updateMyUser');
  expect(findOperation('GET', '/healthz')).toBeUndefined();
});

test('only a success with JSON is checked', () => {
  const exchange = { method: 'GET', path: '/api/people', contentType: 'application/json', text: '{}' };
  expect(() => checkExchange({ ...exchange, status: 400 })).not.toThrow();
  expect(() => checkExchange({ ...exchange, status: 200, contentType: 'image/jpeg' })).not.toThrow();
  expect(() => checkExchange({ ...exchange, status: 200 })).toThrow('getAllPeople');
});
