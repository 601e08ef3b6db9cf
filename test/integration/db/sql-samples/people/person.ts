import * as person from '#shared/people/person.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof person> = {
  async listPeople(db, { userId, faceIds }) {
    await person.listPeople(db, userId, { withHidden: true, facesMin: 3, limit: 10, offset: 0 });
    await person.listPeople(db, userId, {
      withHidden: false,
      facesMin: 3,
      closestTo: faceIds[0],
      limit: 10,
      offset: 0,
    });
  },
  countPeople: (db, { userId }) => person.countPeople(db, userId),
  findPerson: (db, { personIds }) => person.findPerson(db, personIds[0]),
  listPeopleById: (db, { personIds }) => person.listPeopleById(db, personIds),
  countAssetsOfPerson: (db, { personIds, userId }) =>
    person.countAssetsOfPerson(db, { id: personIds[0], ownerId: userId }),
  createPerson: (db, { userId }) => person.createPerson(db, userId, { name: 'Ann' }),
  updatePerson: (db, { personIds }) => person.updatePerson(db, personIds[0], { name: 'Ann', isHidden: true }),
};
