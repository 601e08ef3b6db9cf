import type { Person } from '#shared/db/tables.ts';
import type { ResponseOf } from '../http/contract.ts';

export type PersonResponse = ResponseOf<'getPerson'>;

export function serializePerson(person: Person): PersonResponse {
  return {
    id: person.id,
    name: person.name,
    birthDate: person.birthDate,
    thumbnailPath: person.thumbnailPath,
    isHidden: person.isHidden,
    isFavorite: person.isFavorite,
    ...(person.color === null ? {} : { color: person.color }),
    updatedAt: person.updatedAt.toISOString(),
  };
}
