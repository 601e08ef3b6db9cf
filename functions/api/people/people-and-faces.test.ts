import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { addAsset, addFace, stateOf } from '#test/support/rows.ts';

let api: ApiApp;
beforeAll(async () => {
  api = await openApiApp();
});
afterAll(() => api[Symbol.asyncDispose]());

type User = ApiClient & { userId: string };
interface Person {
  id: string;
  name: string;
  birthDate: string | null;
  thumbnailPath: string;
  isHidden: boolean;
  isFavorite: boolean;
  color?: string;
}
interface People {
  people: Person[];
  total: number;
  hidden: number;
  hasNextPage: boolean;
}
interface Face {
  id: string;
  boundingBoxX1: number;
  boundingBoxX2: number;
  imageWidth: number;
  sourceType: string;
  person: Person | null;
}

const photo = async (of: User) => (await addAsset(api.db, of.userId)).id;
const photos = (of: User, count: number) => Promise.all(Array.from({ length: count }, () => photo(of)));
const namesOf = ({ people }: People) => people.map((it) => it.name);

/** A person of the user with a face on each of these assets. */
async function person(of: User, assetIds: readonly string[], details: Partial<Person> = {}): Promise<Person> {
  const made = await of.call<Person>('POST', '/people', { name: '', ...details });
  for (const assetId of assetIds) await addFace(api.db, assetId, { personId: made.id });
  return made;
}

async function answer(of: User, method: string, path: string, body?: unknown) {
  const headers = { 'content-type': 'application/json' };
  const response = await of.fetch(path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as { message?: string } };
}

describe('the list of people', () => {
  test('is sorted: favorites, named people by faces and name, unnamed ones with three faces, hidden ones', async () => {
    const ada = await api.newUser();
    const [a = '', b = '', c = '', d = ''] = await photos(ada, 4);
    await person(ada, [a], { name: 'Charlie' });
    await person(ada, [a, b], { name: 'Bob' });
    await person(ada, [a], { name: 'Alice' });
    const four = await person(ada, [a, b, c, d]);
    const three = await person(ada, [a, b, c]);
    const one = await person(ada, [a]);
    await person(ada, [a], { name: 'Freddy', isFavorite: true });
    await person(ada, [a, b, c, d], { name: 'Hidden', isHidden: true });
    await person(ada, [], { name: 'Never seen' });
    const seen = await ada.call<People>('GET', '/people');
    expect(namesOf(seen)).toEqual(['Freddy', 'Bob', 'Alice', 'Charlie', '', '']);
    expect(seen.people.slice(4).map((it) => it.id)).toEqual([four.id, three.id]);
    expect(seen).toMatchObject({ total: 8, hidden: 1, hasNextPage: false });
    const all = await ada.call<People>('GET', '/people?withHidden=true');
    expect(namesOf(all).at(-1)).toBe('Hidden');
    const pages = [1, 2, 3, 4].map((page) => ada.call<People>('GET', `/people?withHidden=true&size=2&page=${page}`));
    const paged = await Promise.all(pages);
    expect(paged.flatMap((it) => it.people)).toEqual(all.people);
    expect(paged.map((it) => it.hasNextPage)).toEqual([true, true, true, false]);
    expect((await ada.call<People>('GET', '/people?page=9')).people).toEqual([]);
    await ada.call('PUT', '/users/me/preferences', { people: { minimumFaces: 1 } });
    expect((await ada.call<People>('GET', '/people')).people.map((it) => it.id)).toContain(one.id);
  });

  test('does not count faces on trashed and hidden photos, nor removed faces', async () => {
    const ada = await api.newUser();
    const [a = '', b = '', c = ''] = await photos(ada, 3);
    const { id } = await person(ada, [a, b, c]);
    await addFace(api.db, a, { personId: id, deletedAt: new Date() });
    expect(await ada.call('GET', `/people/${id}/statistics`)).toEqual({ assets: 3 });
    await ada.call('DELETE', '/assets', { ids: [a] });
    expect(await ada.call('GET', `/people/${id}/statistics`)).toEqual({ assets: 2 });
    expect(await ada.call('GET', '/people')).toMatchObject({ people: [], total: 1 });
    await ada.call('PUT', '/assets', { ids: [b, c], visibility: 'archive' });
    expect(await ada.call('GET', '/people')).toMatchObject({ people: [], total: 0 });
  });

  test('rejects invalid pages', async () => {
    const ada = await api.newUser();
    for (const query of ['page=0', 'size=0', 'size=1001', 'page=x', 'withHidden=maybe', 'closestAssetId=x'])
      expect((await answer(ada, 'GET', `/people?${query}`)).status, query).toBe(400);
    const nobody = '/people?closestPersonId=7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11';
    expect((await answer(ada, 'GET', nobody)).status).toBe(404);
  });
});

describe('people on an asset', () => {
  test('are visible to their owner, but not to users who see the asset in an album', async () => {
    const [ada, ben] = [await api.newUser(), await api.newUser()];
    const shown = await photo(ada);
    const { id: personId } = await person(ada, [shown], { name: 'Ann', birthDate: '2019-05-06', isHidden: true });
    const albumUsers = [{ userId: ben.userId, role: 'editor' }];
    await ada.call('POST', '/albums', { albumName: 'A', assetIds: [shown], albumUsers });
    const peopleOf = async (of: User) => (await of.call<{ people: Person[] }>('GET', `/assets/${shown}`)).people;
    expect(await peopleOf(ada)).toMatchObject([{ id: personId, name: 'Ann', isHidden: true }]);
    expect(await peopleOf(ben)).toEqual([]);
    const faces = await ben.call<Face[]>('GET', `/faces?id=${shown}`);
    expect(faces.map((it) => it.person)).toEqual([null]);
    for (const path of [`/people/${personId}`, `/people/${personId}/thumbnail`, `/people/${personId}/statistics`])
      expect((await ben.fetch(path)).status).toBe(400);
    expect(await ben.call('GET', '/people')).toMatchObject({ people: [], total: 0 });
  });

  test('and their faces need the PIN code if it is locked, and cannot become portraits', async () => {
    const ada = await api.newUser();
    const [locked, plain] = [await photo(ada), await photo(ada)];
    const secret = await person(ada, [locked], { name: 'Secret' });
    const known = await person(ada, [locked, plain], { name: 'Known' });
    await ada.call('PUT', '/assets', { ids: [locked], visibility: 'locked' });
    const ways: [string, string, unknown?][] = [
      ['GET', `/people/${secret.id}`],
      ['GET', `/people/${secret.id}/thumbnail`],
      ['PUT', `/people/${secret.id}`, { name: 'Found' }],
      ['DELETE', `/people/${secret.id}`],
      ['GET', `/faces?id=${locked}`],
      ['PUT', `/people/${known.id}`, { featureFaceAssetId: locked }],
    ];
    for (const [method, path, body] of ways)
      expect((await answer(ada, method, path, body)).status, `${method} ${path}`).toBe(400);
    expect((await answer(ada, 'GET', `/people/${known.id}`)).status).toBe(200);
    await ada.call('POST', '/auth/pin-code', { pinCode: '123456' });
    await ada.call('POST', '/auth/session/unlock', { pinCode: '123456' });
    expect(await ada.call('GET', `/people/${secret.id}`)).toMatchObject({ name: 'Secret' });
    const refused = await answer(ada, 'PUT', `/people/${known.id}`, { featureFaceAssetId: locked });
    expect(refused).toEqual({ status: 400, body: { message: 'Invalid assetId for feature face' } });
  });
});

describe('a person', () => {
  test('is created, changed, cleared and deleted', async () => {
    const ada = await api.newUser();
    const made = await ada.call<Person>('POST', '/people', { name: 'Ada', birthDate: '1990-02-28', color: '336699' });
    expect(made).toMatchObject({ name: 'Ada', birthDate: '1990-02-28', color: '#336699', isFavorite: false });
    const changed = await ada.call<Person>('PATCH', `/people/${made.id}`, {
      birthDate: null,
      color: '',
      isHidden: true,
    });
    expect(changed).toMatchObject({ name: 'Ada', birthDate: null, isHidden: true });
    expect(changed).not.toHaveProperty('color');
    expect(await ada.call('GET', `/people/${made.id}`)).toEqual(changed);
    await ada.call('DELETE', `/people/${made.id}`);
    const gone = await answer(ada, 'GET', `/people/${made.id}`);
    expect(gone).toEqual({ status: 400, body: { message: 'Not found or no person.read access' } });
  });

  test.each([
    { birthDate: '2999-01-01' },
    { birthDate: '1990-02-30' },
    { birthDate: 'yesterday' },
    { color: 'red' },
    { name: 7 },
    { name: 'a\u0000b' },
  ])('%j is refused', async (body) => {
    expect((await answer(await api.newUser(), 'POST', '/people', body)).status).toBe(400);
  });

  test('can be read and changed only by its owner', async () => {
    const [ada, eve] = [await api.newUser(), await api.newUser()];
    const { id } = await person(ada, [await photo(ada)], { name: 'Ada' });
    const own = await person(eve, [await photo(eve)], { name: 'Eve' });
    const attempts: [string, string, unknown?][] = [
      ['GET', `/people/${id}`],
      ['GET', `/people/${id}/statistics`],
      ['GET', `/people/${id}/thumbnail`],
      ['PUT', `/people/${id}`, { name: 'Eve' }],
      ['DELETE', `/people/${id}`],
      ['DELETE', '/people', { ids: [id] }],
      ['POST', `/people/${id}/merge`, { ids: [own.id] }],
      ['PUT', `/people/${id}/reassign`, { data: [] }],
    ];
    for (const [method, path, body] of attempts)
      expect((await answer(eve, method, path, body)).status, `${method} ${path}`).toBe(400);
    const updates = {
      people: [
        { id, name: 'x' },
        { id: own.id, name: 'Eva' },
      ],
    };
    expect(await eve.call('PUT', '/people', updates)).toEqual([
      { id, success: false, error: 'unknown' },
      { id: own.id, success: true },
    ]);
    expect(await eve.call('POST', '/people/merge', { ids: [own.id, id] })).toEqual([
      { id, success: false, error: 'no_permission' },
    ]);
    expect(await ada.call('GET', `/people/${id}`)).toMatchObject({ name: 'Ada' });
  });

  test('and others are deleted together with their portraits; their faces stay without a person', async () => {
    const ada = await api.newUser();
    const asset = await photo(ada);
    const people = [await person(ada, [asset]), await person(ada, [asset])];
    const key = `thumbs/${ada.userId}/people/${people[0]?.id}.jpeg`;
    await api.store.put(key, Buffer.from('picture'));
    await api.db
      .updateTable('person')
      .set({ thumbnailPath: key })
      .where('id', '=', people[0]?.id ?? '')
      .execute();
    await ada.call('DELETE', '/people', { ids: people.map((it) => it.id) });
    expect(await api.store.find(key)).toBeUndefined();
    const faces = await ada.call<Face[]>('GET', `/faces?id=${asset}`);
    expect(faces.map((it) => it.person)).toEqual([null, null]);
    await ada.call('DELETE', '/people', { ids: [] });
  });

  test('has a portrait that is sent with its validators, or a 404 without one', async () => {
    const ada = await api.newUser();
    const { id } = await person(ada, [await photo(ada)]);
    expect((await ada.fetch(`/people/${id}/thumbnail`)).status).toBe(404);
    const key = `thumbs/${ada.userId}/people/${id}.jpeg`;
    await api.store.put(key, Buffer.from('picture'));
    await api.db.updateTable('person').set({ thumbnailPath: key }).where('id', '=', id).execute();
    const response = await ada.fetch(`/people/${id}/thumbnail`);
    expect(await response.text()).toBe('picture');
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    const etag = response.headers.get('etag') ?? '';
    expect((await ada.fetch(`/people/${id}/thumbnail`, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  test('gets a new portrait from the face on a chosen photo', async () => {
    const ada = await api.newUser();
    const [first = '', second = '', without = ''] = await photos(ada, 3);
    const { id } = await person(ada, [first, second]);
    await ada.call('PUT', `/people/${id}`, { featureFaceAssetId: second });
    const row = await api.db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const [face] = await ada.call<Face[]>('GET', `/faces?id=${second}`);
    expect(row).toMatchObject({ faceAssetId: face?.id, thumbnailPath: '' });
    expect(await stateOf(api.db, second, 'people')).toMatch(/pending|queued/);
    expect(await answer(ada, 'PUT', `/people/${id}`, { featureFaceAssetId: without })).toEqual({
      status: 400,
      body: { message: 'Invalid assetId for feature face' },
    });
  });
});

describe('merging', () => {
  test('gives the first person all faces, and the first name and birth date among all', async () => {
    const ada = await api.newUser();
    const [a = '', b = '', c = ''] = await photos(ada, 3);
    const people = [
      await person(ada, [a]),
      await person(ada, [b], { name: 'Bea' }),
      await person(ada, [c], { name: 'Bee', birthDate: '2001-01-01' }),
    ];
    const [first, ...others] = people.map((it) => it.id);
    expect(await ada.call('POST', '/people/merge', { ids: [first, ...others] })).toEqual(
      others.map((id) => ({ id, success: true })),
    );
    expect(await ada.call('GET', `/people/${first}`)).toMatchObject({ name: 'Bea', birthDate: '2001-01-01' });
    expect(await ada.call('GET', `/people/${first}/statistics`)).toEqual({ assets: 3 });
    expect(await ada.call('GET', '/people')).toMatchObject({ total: 1 });
  });

  test('rejects a person with themselves, and a single person', async () => {
    const ada = await api.newUser();
    const { id } = await person(ada, []);
    const itself = { status: 400, body: { message: 'Cannot merge a person into themselves' } };
    expect(await answer(ada, 'POST', `/people/${id}/merge`, { ids: [id] })).toEqual(itself);
    expect(await answer(ada, 'POST', '/people/merge', { ids: [id, id] })).toEqual(itself);
    expect((await answer(ada, 'POST', '/people/merge', { ids: [id] })).status).toBe(400);
  });
});

describe('faces', () => {
  test('are listed from left to right, with their person only for the owner', async () => {
    const [ada, ben] = [await api.newUser(), await api.newUser()];
    const asset = await photo(ada);
    const { id } = await person(ada, [], { name: 'Ada' });
    await addFace(api.db, asset, { left: 500 });
    await addFace(api.db, asset, { left: 20, personId: id });
    await addFace(api.db, asset, { left: 200, deletedAt: new Date() });
    const faces = await ada.call<Face[]>('GET', `/faces?id=${asset}`);
    expect(faces.map((it) => [it.boundingBoxX1, it.person?.name ?? null])).toEqual([
      [20, 'Ada'],
      [500, null],
    ]);
    expect((await answer(ben, 'GET', `/faces?id=${asset}`)).status).toBe(400);
    const users = [{ userId: ben.userId, role: 'viewer' }];
    await ada.call('POST', '/albums', { albumName: 'A', assetIds: [asset], albumUsers: users });
    const shared = await ben.call<Face[]>('GET', `/faces?id=${asset}`);
    expect(shared.map((it) => it.person)).toEqual([null, null]);
  });

  test('that a user draws belong to the chosen person, and become the portrait if there was none', async () => {
    const ada = await api.newUser();
    const asset = await photo(ada);
    const { id } = await person(ada, [], { name: 'Ada' });
    const drawn = {
      assetId: asset,
      personId: id,
      imageWidth: 400,
      imageHeight: 300,
      x: 10.4,
      y: 20,
      width: 50,
      height: 60,
    };
    expect((await answer(ada, 'POST', '/faces', drawn)).status).toBe(201);
    const [face] = await ada.call<Face[]>('GET', `/faces?id=${asset}`);
    expect(face).toMatchObject({ boundingBoxX1: 10, boundingBoxX2: 60, imageWidth: 400, sourceType: 'manual' });
    const row = await api.db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row.faceAssetId).toBe(face?.id);
    expect((await answer(ada, 'POST', '/faces', { ...drawn, x: 390 })).status).toBe(400);
    const eve = await api.newUser();
    expect((await answer(eve, 'POST', '/faces', drawn)).status).toBe(400);
  });

  test('move to another person, and both get portraits of their own faces', async () => {
    const ada = await api.newUser();
    const [a = '', b = ''] = await photos(ada, 2);
    const [from, to] = [await person(ada, [a, b]), await person(ada, [])];
    await ada.call('PUT', `/people/${from.id}`, { featureFaceAssetId: a });
    const moved = await ada.call<Person[]>('PUT', `/people/${to.id}/reassign`, {
      data: [{ assetId: a, personId: from.id }],
    });
    expect(moved.map((it) => it.id)).toEqual([to.id]);
    const [onA, onB] = [
      await ada.call<Face[]>('GET', `/faces?id=${a}`),
      await ada.call<Face[]>('GET', `/faces?id=${b}`),
    ];
    expect([onA[0]?.person?.id, onB[0]?.person?.id]).toEqual([to.id, from.id]);
    const rows = await api.db.selectFrom('person').selectAll().where('id', 'in', [from.id, to.id]).execute();
    expect(Object.fromEntries(rows.map((it) => [it.id, it.faceAssetId]))).toEqual({
      [from.id]: onB[0]?.id,
      [to.id]: onA[0]?.id,
    });
    expect(await ada.call('PUT', `/faces/${to.id}`, { id: onB[0]?.id })).toMatchObject({ id: to.id });
    expect(await ada.call('GET', `/people/${from.id}/statistics`)).toEqual({ assets: 0 });
    const eve = await api.newUser();
    const hers = await person(eve, []);
    expect((await answer(eve, 'PUT', `/faces/${hers.id}`, { id: onA[0]?.id })).status).toBe(400);
    const theft = { data: [{ assetId: a, personId: to.id }] };
    expect((await answer(eve, 'PUT', `/people/${hers.id}/reassign`, theft)).status).toBe(400);
  });

  test('that are removed are not listed; with force their rows are deleted', async () => {
    const ada = await api.newUser();
    const asset = await photo(ada);
    const faces = [await addFace(api.db, asset), await addFace(api.db, asset)];
    expect((await answer(ada, 'DELETE', `/faces/${faces[0]}`, { force: false })).status).toBe(204);
    expect((await answer(ada, 'DELETE', `/faces/${faces[1]}`, { force: true })).status).toBe(204);
    expect(await ada.call('GET', `/faces?id=${asset}`)).toEqual([]);
    const rows = await api.db.selectFrom('asset_face').select('id').where('assetId', '=', asset).execute();
    expect(rows.map((it) => it.id)).toEqual([faces[0]]);
    expect((await answer(await api.newUser(), 'DELETE', `/faces/${faces[0]}`, { force: true })).status).toBe(400);
  });
});
